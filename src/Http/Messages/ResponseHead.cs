namespace Pomerium.Fast.Http.Messages;

/// <summary>An answer's head in parsed form: the upstream's, or one made here. Reused from request to request.</summary>
public sealed class ResponseHead
{
    public HeaderBlock Headers { get; } = new();
    public int Status { get; set; }
    public BodyKind Body { get; set; }
    public long ContentLength { get; set; }

    /// <summary>The upstream connection may carry another request after this answer.</summary>
    public bool KeepAlive { get; set; }

    public void Reset()
    {
        Headers.Clear();
        Status = 0;
        Body = BodyKind.None;
        ContentLength = 0;
        KeepAlive = false;
    }
}
