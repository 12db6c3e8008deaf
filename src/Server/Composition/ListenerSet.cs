using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.H1;
using Pomerium.Fast.Transport;
using Pomerium.Fast.Transport.Certificates;
using Pomerium.Fast.Transport.Loops;
using Pomerium.Fast.Transport.Tls;

namespace Pomerium.Fast.Server.Composition;

/// <summary>One address that is listened on: a listener on every loop, all serving the same <see cref="HttpServer"/>.</summary>
internal sealed class ListenerSet
{
    private readonly List<IConnectionListener> _listeners = [];

    private ListenerSet(ListenAddress address, bool tls)
    {
        Address = address;
        IsTls = tls;
    }

    public ListenAddress Address { get; }
    public bool IsTls { get; }

    /// <summary>Where it really listens: the port is set also when 0 was asked for.</summary>
    public EndPoint? EndPoint => _listeners.Count > 0 ? _listeners[0].EndPoint : null;

    /// <param name="certificates">Null: plain.</param>
    /// <exception cref="IOException">The address is in use, not of this machine, or not allowed; the message says which.</exception>
    public static async Task<ListenerSet> OpenAsync(
        ListenAddress address,
        CertificateStore? certificates,
        LoopGroup loops,
        HttpServer server,
        ILogger log,
        CancellationToken cancellation
    )
    {
        ListenerSet set = new(address, certificates is not null);
        EndPoint endPoint = await ListenEndPoint.OfAsync(address, cancellation);
        ListenerOptions options = new()
        {
            EndPoint = endPoint,
            Tls = certificates is null ? null : new ServerTlsOptions { Certificates = certificates },
        };
        try
        {
            set._listeners.AddRange(await loops.ListenAsync(options, cancellation));
        }
        catch (AddressInUseException e)
        {
            throw new IOException(e.Message, e); // one kind of failure for whoever asked
        }
        for (int i = 0; i < set._listeners.Count; i++)
        {
            _ = WatchAsync(server.ServeAsync(set._listeners[i], loops.Loops[i]), address, log);
        }
        return set;
    }

    /// <summary>Takes what waits in the backlog, then stops listening; connections go on.</summary>
    public async Task CloseAsync()
    {
        foreach (IConnectionListener listener in _listeners)
        {
            await listener.UnbindAsync();
        }
    }

    private static async Task WatchAsync(Task serving, ListenAddress address, ILogger log)
    {
        try
        {
            await serving;
        }
        catch (Exception e)
        {
            log.ListenerEnded(e, address.ToString());
        }
    }
}
