namespace Pomerium.Fast.Http.Messages;

/// <summary>Header fields encoded once for many requests: as HTTP/1.1 lines, each ending in CRLF.</summary>
/// <param name="Lines">May be empty.</param>
public sealed record EncodedHeaders(byte[] Lines)
{
    public static EncodedHeaders Empty { get; } = new(Array.Empty<byte>());
}

/// <summary>What the handlers of one exchange want changed in the request that goes upstream.</summary>
public sealed class UpstreamEdits
{
    private readonly EncodedHeaders[] _blocks = new EncodedHeaders[4];

    public int BlockCount { get; private set; }

    /// <summary>The query parameter <c>pomerium_session</c> was the credential and is cut.</summary>
    public bool CutSessionParameter { get; set; }

    /// <summary>The Authorization header was Pomerium's own and is dropped.</summary>
    public bool DropAuthorization { get; set; }

    public EncodedHeaders Block(int index) => _blocks[index];

    /// <summary>Adds encoded fields after all client fields; at most four blocks.</summary>
    public void Add(EncodedHeaders block) => _blocks[BlockCount++] = block;

    public void Reset()
    {
        Array.Clear(_blocks, 0, BlockCount);
        BlockCount = 0;
        CutSessionParameter = DropAuthorization = false;
    }
}
