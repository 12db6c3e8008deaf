using System.Net;
using System.Net.Sockets;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Http.Upstream;

/// <summary>Asks for the addresses of a name; <see cref="SocketException"/> when there are none.</summary>
public delegate Task<IPAddress[]> NameLookup(string host, CancellationToken cancellation);

/// <summary>From the <c>to</c> URLs of a route to endpoints: every address of every name is one (routing 9.1, 9.2).</summary>
internal static class EndpointResolver
{
    public static async Task<EndpointSet> ResolveAsync(
        RouteConfig route,
        ConfigSnapshot snapshot,
        NameLookup names,
        CancellationToken cancellation
    )
    {
        List<(Endpoint, uint)> endpoints = [];
        foreach (UpstreamUrl url in route.To)
        {
            string host = url.PortGiven ? $"{url.Host}:{url.Port}" : url.Host;
            if (url.Scheme is "unix" or "https+unix")
            {
                EndPoint socket = new UnixDomainSocketEndPoint(url.Path);
                endpoints.Add(
                    (new Endpoint(ClusterBuilder.Dial(socket, url, route, snapshot), "localhost"), url.Weight)
                );
                continue;
            }
            string family = snapshot.Server.DnsLookupFamily;
            foreach (IPAddress address in await AddressesAsync(url.Host, family, names, cancellation))
            {
                EndPoint endPoint = new IPEndPoint(address, url.Port);
                endpoints.Add((new Endpoint(ClusterBuilder.Dial(endPoint, url, route, snapshot), host), url.Weight));
            }
        }
        return new EndpointSet(endpoints);
    }

    private static async Task<IReadOnlyList<IPAddress>> AddressesAsync(
        string host,
        string family,
        NameLookup names,
        CancellationToken cancellation
    )
    {
        if (string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase))
        {
            return [IPAddress.Loopback];
        }
        if (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? literal))
        {
            return [literal];
        }
        try
        {
            return Prefer(await names(host, cancellation), family);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // No address yet: the cluster has no endpoint and answers 503 until the name resolves.
            return [];
        }
    }

    private static IPAddress[] Prefer(IPAddress[] all, string family)
    {
        IPAddress[] v4 = [.. all.Where(static a => a.AddressFamily == AddressFamily.InterNetwork)];
        IPAddress[] v6 = [.. all.Where(static a => a.AddressFamily == AddressFamily.InterNetworkV6)];
        return family switch
        {
            "V4_ONLY" => v4,
            "V6_ONLY" => v6,
            "ALL" => all,
            "AUTO" => v6.Length > 0 ? v6 : v4,
            _ => v4.Length > 0 ? v4 : v6,
        };
    }
}
