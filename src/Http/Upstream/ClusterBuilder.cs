using System.Net;
using System.Text;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Transport;
using Pomerium.Fast.Transport.Tls;

namespace Pomerium.Fast.Http.Upstream;

/// <summary>Makes the clusters of a configuration, keeping those of the old one whose identity is unchanged.</summary>
public static class ClusterBuilder
{
    /// <returns>One element per route of the snapshot; null for redirect and response routes.</returns>
    public static async Task<IReadOnlyList<Cluster?>> BuildAsync(
        ConfigSnapshot snapshot,
        IReadOnlyList<Cluster?> previous,
        int loops,
        CancellationToken cancellation,
        NameLookup? names = null
    )
    {
        Dictionary<string, Cluster> known = new(StringComparer.Ordinal);
        foreach (Cluster? old in previous)
        {
            if (old is not null)
            {
                known[old.Identity] = old;
            }
        }
        List<Cluster?> clusters = [];
        foreach (RouteConfig route in snapshot.Routes)
        {
            if (route.Redirect is not null || route.Response is not null || route.To.IsEmpty)
            {
                clusters.Add(null);
                continue;
            }
            string identity = Identity(route, snapshot);
            if (!known.TryGetValue(identity, out Cluster? cluster))
            {
                known[identity] = cluster = new Cluster(identity, loops);
                cluster.Replace(
                    await EndpointResolver.ResolveAsync(
                        route,
                        snapshot,
                        names ?? Dns.GetHostAddressesAsync,
                        cancellation
                    )
                );
            }
            clusters.Add(cluster);
        }
        return clusters;
    }

    internal static DialOptions Dial(EndPoint endPoint, UpstreamUrl url, RouteConfig route, ConfigSnapshot snapshot) =>
        new() { EndPoint = endPoint, Tls = url.IsTls ? TlsOptions(url, route, snapshot) : null };

    private static ClientTlsOptions TlsOptions(UpstreamUrl url, RouteConfig route, ConfigSnapshot snapshot)
    {
        UpstreamTlsSettings tls = route.UpstreamTls;
        return new ClientTlsOptions
        {
            ServerName = tls.ServerName ?? url.Host.Trim('[', ']'),
            SkipVerify = tls.SkipVerify,
            AdditionalRootsPem = snapshot.Tls.CertificateAuthorities,
            OnlyRootsPem = tls.CustomCaPem,
            ClientCertificatePem = tls.ClientCertificate?.CertificatePem,
            ClientKeyPem = tls.ClientCertificate?.KeyPem,
        };
    }

    private static string Identity(RouteConfig route, ConfigSnapshot snapshot)
    {
        UpstreamTlsSettings tls = route.UpstreamTls;
        StringBuilder text = new();
        foreach (UpstreamUrl to in route.To)
        {
            text.Append(to.Scheme).Append("://").Append(to.Host).Append(':').Append(to.Port).Append(to.Path);
            text.Append(',').Append(to.Weight).Append(' ');
        }
        text.Append(tls.SkipVerify).Append(tls.ServerName).Append(snapshot.Server.DnsLookupFamily);
        text.Append(Digest(tls.CustomCaPem)).Append(Digest(tls.ClientCertificate?.CertificatePem));
        foreach (ReadOnlyMemory<byte> authority in snapshot.Tls.CertificateAuthorities)
        {
            text.Append(Digest(authority));
        }
        return text.ToString();
    }

    private static string Digest(ReadOnlyMemory<byte>? bytes) =>
        bytes is { } some ? Convert.ToHexString(System.IO.Hashing.XxHash128.Hash(some.Span)) : "-";
}
