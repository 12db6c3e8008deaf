using System.Net;

namespace Pomerium.Fast.Server.Demo;

/// <summary>
/// Keeps the demo's sites for this machine: the peer must be loopback, and so must the name that was asked for,
/// since a foreign name that resolves to loopback is how a web page elsewhere reaches in (DNS rebinding).
/// </summary>
internal static class LoopbackGuard
{
    public static Task Handle(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers["X-Pomerium-Demo"] = "true";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (
            context.Connection.RemoteIpAddress is { } peer
            && IPAddress.IsLoopback(peer)
            && IsLocal(context.Request.Host.Host)
        )
        {
            return next(context);
        }
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsync("The demo answers on this machine only, under localhost names.\n");
    }

    internal static bool IsLocal(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
}
