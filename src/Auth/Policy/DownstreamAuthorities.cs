using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Auth.Policy;

/// <summary>
/// Whether the configuration names authorities for client certificates. This build asks no client for a certificate;
/// where authorities are named, each connection therefore counts as one without the certificate that it needs, and
/// criteria on certificates refuse rather than admit.
/// </summary>
internal static class DownstreamAuthorities
{
    private static readonly string[] RouteKeys = ["tls_downstream_client_ca", "tls_downstream_client_ca_file"];

    public static bool AreConfigured(Places places, RouteConfig route)
    {
        Mark routeMark = places.Find(route.ConfigPath);
        return places.Find("downstream_mtls") != Mark.None
            || RouteKeys.Any(key => places.Find($"{route.ConfigPath}.{key}") != routeMark);
    }
}
