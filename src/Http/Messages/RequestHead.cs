namespace Pomerium.Fast.Http.Messages;

public enum BodyKind : byte
{
    None,
    Length,
    Chunked,

    /// <summary>Answers only: ends when the connection does.</summary>
    UntilClose,
}

/// <summary>
/// A request's head in parsed, checked form; what both codecs fill. Reused from request to request.
/// Spans are valid until the exchange is released.
/// </summary>
public sealed class RequestHead
{
    private readonly ByteBuffer _method = new(32);
    private readonly ByteBuffer _path = new(512);
    private readonly ByteBuffer _query = new(512);
    private readonly ByteBuffer _authority = new(128);

    public HeaderBlock Headers { get; } = new();

    /// <summary>As sent; methods are case-sensitive.</summary>
    public ReadOnlySpan<byte> Method => _method.Span;

    /// <summary>Path after normalisation (routing 4.1): the same bytes select the route, are judged, and go upstream. Empty for CONNECT.</summary>
    public ReadOnlySpan<byte> Path => _path.Span;

    /// <summary>Query without the question mark; see <see cref="HasQuery"/>.</summary>
    public ReadOnlySpan<byte> Query => _query.Span;
    public bool HasQuery { get; set; }

    /// <summary>Host and port as sent (absolute-form target, else Host; CONNECT: the target).</summary>
    public ReadOnlySpan<byte> Authority => _authority.Span;

    public bool IsConnect { get; set; }
    public bool IsHead { get; set; }

    /// <summary>The asked upgrade token is in the Upgrade header and Connection names it.</summary>
    public bool AsksUpgrade { get; set; }
    public bool KeepAlive { get; set; }
    public bool ExpectsContinue { get; set; }
    public BodyKind Body { get; set; }
    public long ContentLength { get; set; }

    public void SetMethod(ReadOnlySpan<byte> value)
    {
        _method.Set(value);
        IsConnect = value.SequenceEqual("CONNECT"u8);
        IsHead = value.SequenceEqual("HEAD"u8);
    }

    /// <summary>Where normalising writes the path.</summary>
    internal ByteBuffer PathBuffer => _path;

    public void SetPath(ReadOnlySpan<byte> value) => _path.Set(value);

    public void SetQuery(ReadOnlySpan<byte> value, bool present)
    {
        _query.Set(value);
        HasQuery = present;
    }

    public void SetAuthority(ReadOnlySpan<byte> value) => _authority.Set(value);

    public void Reset()
    {
        _method.Clear();
        _path.Clear();
        _query.Clear();
        _authority.Clear();
        Headers.Clear();
        HasQuery = IsConnect = IsHead = AsksUpgrade = KeepAlive = ExpectsContinue = false;
        Body = BodyKind.None;
        ContentLength = 0;
    }
}
