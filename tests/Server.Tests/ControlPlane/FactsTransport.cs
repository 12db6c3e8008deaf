using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Pomerium.Fast.Http.Pipeline;

namespace Pomerium.Fast.Server.Tests.ControlPlane;

/// <summary>Loopback sockets whose connections carry facts, as the data path's hand-over does.</summary>
internal sealed class FactsTransport : IConnectionListenerFactory, IExchangeFactsFeature
{
    private readonly SocketTransportFactory _sockets = new(
        Options.Create(new SocketTransportOptions()),
        NullLoggerFactory.Instance
    );

    public ExchangeFacts? Facts { get; set; }
    public IPEndPoint? EndPoint { get; private set; }

    public async ValueTask<IConnectionListener> BindAsync(
        EndPoint endpoint,
        CancellationToken cancellationToken = default
    )
    {
        IConnectionListener listener = await _sockets.BindAsync(endpoint, cancellationToken);
        EndPoint = (IPEndPoint)listener.EndPoint;
        return new Listener(listener, this);
    }

    private sealed class Listener(IConnectionListener inner, IExchangeFactsFeature facts) : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            ConnectionContext? connection = await inner.AcceptAsync(cancellationToken);
            connection?.Features.Set(facts);
            return connection;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) =>
            inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
