using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Http.Routing;

/// <summary>Effective timeouts of a route in milliseconds (routing 8.1); 0 is off.</summary>
internal static class RouteTimeouts
{
    private static readonly TimeSpan DefaultIdle = TimeSpan.FromMinutes(5);

    public static (long Timeout, long Idle) Of(RouteConfig route, TimeoutOptions options)
    {
        bool openEnded = route.AllowWebsockets || route.From.Scheme is RouteScheme.TcpHttps or RouteScheme.UdpHttps;
        TimeSpan timeout = route.Timeout ?? (openEnded ? TimeSpan.Zero : options.DefaultUpstream);
        TimeSpan idle = route.IdleTimeout ?? (openEnded ? TimeSpan.Zero : DefaultIdle);
        return ((long)timeout.TotalMilliseconds, (long)idle.TotalMilliseconds);
    }
}
