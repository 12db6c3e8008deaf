namespace Pomerium.Fast.Http.Messages;

public enum SourceStatus : byte
{
    /// <summary>Nothing yet; Ready follows.</summary>
    Wait,
    Data,

    /// <summary>The whole body has been read.</summary>
    Done,

    /// <summary>The peer broke the framing.</summary>
    Malformed,

    /// <summary>The connection ended inside the body.</summary>
    Truncated,
}

/// <summary>Where a body comes from: one for each codec and side. Loop-affine.</summary>
internal interface IBodySource
{
    Action? Ready { set; }

    /// <summary>The next piece, valid until the next call.</summary>
    SourceStatus TryRead(out ReadOnlyMemory<byte> payload);
}

/// <summary>Where a body goes to. Loop-affine.</summary>
internal interface IBodySink
{
    Action? Ready { set; }

    /// <summary>The peer takes no more.</summary>
    bool IsBroken { get; }
    long Unflushed { get; }

    /// <summary>Takes the piece at once. False: the peer is slow, and Ready follows.</summary>
    bool TryWrite(ReadOnlyMemory<byte> payload);

    /// <summary>The body is complete; its end is written, not yet flushed.</summary>
    void End();

    /// <summary>False: the peer is slow, and Ready follows.</summary>
    bool TryFlush();
}
