using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Tunnels;
using Pomerium.Fast.Http.Upstream;

namespace Pomerium.Fast.Http.Proxy;

/// <summary>An upstream connection that has become one end of a tunnel.</summary>
internal sealed class UpstreamStream : IByteStream
{
    private readonly UpstreamConnection _connection;

    public UpstreamStream(UpstreamConnection connection)
    {
        _connection = connection;
        connection.Http1.Body.Begin(BodyKind.UntilClose, 0);
        connection.Http1.Upload.Begin(chunked: false);
    }

    public IBodySource Source => _connection.Http1.Body;
    public IBodySink Sink => _connection.Http1.Upload;

    public void EndOutput() => _connection.Http1.Output.Writer.Complete();

    public void Close() => _connection.Close();

    public void Abort() => _connection.Abort();
}
