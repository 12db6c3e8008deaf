using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.H1;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.Http.Routing;
using Pomerium.Fast.Http.Upstream;
using Pomerium.Fast.Kit.Peers;
using Pomerium.Fast.Transport;
using Pomerium.Fast.Transport.InMemory;
using Pomerium.Fast.Transport.Loops;
using Xunit;

namespace Pomerium.Fast.Kit.Proxy;

/// <summary>
/// Client, proxy, upstream, control plane and time in one thread: the real server, pipeline and pools between pipes
/// that the test holds. A client without another address comes from 127.0.0.1, so its X-Request-Id is kept.
/// </summary>
public sealed class ProxyKit
{
    private readonly InMemoryEndPoint _listen = new("proxy");
    private readonly ImmutableArray<IHandler> _handlers;

    private ProxyKit(ConfigSnapshot snapshot, IHandler[] handlers, bool controlPlane, bool pausedUpstream = false)
    {
        _handlers = [.. handlers];
        Upstream = new PipePeerListener(Loop, paused: pausedUpstream);
        ControlPlane = new PipePeerListener(Loop, "control-plane");
        Reference = new PipelineReference(Build(snapshot));
        Server = new HttpServer(
            [Loop],
            Reference,
            new HttpServerOptions
            {
                ControlPlane = controlPlane ? ClusterOf(ControlPlane.EndPoint, "control-plane") : null,
            }
        );
        IConnectionListener listener = Loop.ListenAsync(
            new ListenerOptions { EndPoint = _listen },
            CancellationToken.None
        ).Result;
        _ = Server.ServeAsync(listener, Loop);
        Loop.RunUntilIdle();
    }

    public ManualLoop Loop { get; } = new();

    /// <summary>Behind every route.</summary>
    public PipePeerListener Upstream { get; }
    public PipePeerListener ControlPlane { get; }
    public HttpServer Server { get; }
    public PipelineReference Reference { get; }
    public RecordedExchanges Log { get; } = new();

    /// <summary>One route from <c>https://a</c> to the upstream.</summary>
    public static ProxyKit Plain() => With(TestSnapshot.Route());

    /// <summary>As <see cref="Plain"/>, with upstream connections that the test reads itself.</summary>
    public static ProxyKit PausedUpstream() => new(TestSnapshot.With(TestSnapshot.Route()), [], false, true);

    public static ProxyKit PausedUpstream(ConfigSnapshot snapshot, params IHandler[] handlers) =>
        new(snapshot, handlers, false, true);

    public static ProxyKit With(params RouteConfig[] routes) => With(TestSnapshot.With(routes));

    public static ProxyKit With(ConfigSnapshot snapshot, params IHandler[] handlers) => new(snapshot, handlers, false);

    public static ProxyKit WithControlPlane(ConfigSnapshot snapshot, params IHandler[] handlers) =>
        new(snapshot, handlers, true);

    public PipePeer Connect(bool paused = false) => PipePeer.Dial(Loop, _listen, paused);

    /// <summary>Swaps the configuration, as a reload does.</summary>
    public void Reload(ConfigSnapshot snapshot) => Reference.Replace(Build(snapshot));

    private HttpPipeline Build(ConfigSnapshot snapshot)
    {
        (RouteTable? table, ImmutableArray<Config.Diagnostics.Diagnostic> problems) = RouteTableBuilder.Build(
            snapshot,
            [
                .. snapshot.Routes.Select(r =>
                    r.To.IsEmpty
                        ? null
                        : ClusterOf(
                            Upstream.EndPoint,
                            r.To[0].PortGiven ? $"{r.To[0].Host}:{r.To[0].Port}" : r.To[0].Host
                        )
                ),
            ]
        );
        Assert.Empty(problems);
        return new HttpPipeline(snapshot, table!, _handlers, Log);
    }

    private static Cluster ClusterOf(EndPoint endPoint, string host)
    {
        Cluster cluster = new(host, loops: 1);
        cluster.Replace(new EndpointSet([(new Endpoint(new DialOptions { EndPoint = endPoint }, host), 1)]));
        return cluster;
    }
}
