namespace Pomerium.Fast.Transport.Loops;

/// <summary>On every connection of this transport: the loop it lives on.</summary>
public interface ILoopFeature
{
    Loop Loop { get; }
}

/// <summary>On every connection of this transport: how it ended, and whether a pooled one is still good.</summary>
public interface IConnectionStateFeature
{
    /// <summary>The peer reset the connection, or TLS broke, rather than ending it in order.</summary>
    bool EndedBadly { get; }

    /// <summary>Nothing has come and nothing has ended since the last read: an idle connection may be used again.</summary>
    bool IsQuiet { get; }

    /// <summary>Told once, on the loop, when an idle connection stops being quiet; null to stop listening.</summary>
    Action<object?>? IdleEnded { get; set; }
    object? IdleEndedState { get; set; }
}
