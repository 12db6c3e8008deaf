using System.IO.Hashing;
using System.Text;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Http.Routing;

/// <summary>
/// From host bytes to virtual host to the first matching route in file order (routing 3). The cost does not grow with
/// the number of hosts, nor with that of a host's literal paths; nothing is allocated.
/// </summary>
public sealed class RouteTable
{
    private const int AuthorityMax = 261;
    private readonly Dictionary<ulong, VirtualHost[]> _hosts;
    private readonly (HostPattern Pattern, Route Route)[] _wildcards;

    internal RouteTable(IEnumerable<VirtualHost> hosts, (HostPattern, Route)[] wildcards, IReadOnlyList<Route> routes)
    {
        _hosts = hosts.GroupBy(static h => Hash(h.Name)).ToDictionary(static g => g.Key, static g => g.ToArray());
        _wildcards = wildcards;
        Routes = routes;
    }

    public IReadOnlyList<Route> Routes { get; }

    /// <summary>The route of the request, or null: 404 without sign-in (routing 1).</summary>
    public Route? Match(RequestHead head)
    {
        Span<byte> lower = stackalloc byte[AuthorityMax];
        if (
            head.Authority.Length > AuthorityMax
            || Ascii.ToLower(head.Authority, lower, out int length) != System.Buffers.OperationStatus.Done
        )
        {
            return null;
        }
        ReadOnlySpan<byte> authority = lower[..length];
        if (Find(authority, anyPort: false) is { } exact)
        {
            return exact.Paths.First(head);
        }
        ReadOnlySpan<byte> host = AuthorityRules.HostOf(authority, out _, out bool hasPort);
        if (hasPort && Find(host, anyPort: true) is { } byHost)
        {
            return byHost.Paths.First(head);
        }
        foreach ((HostPattern pattern, Route route) in _wildcards)
        {
            if (PathIndex.Fits(route, head) && pattern.Matches(authority))
            {
                return route;
            }
        }
        return null;
    }

    private VirtualHost? Find(ReadOnlySpan<byte> name, bool anyPort)
    {
        if (_hosts.TryGetValue(Hash(name), out VirtualHost[]? candidates))
        {
            foreach (VirtualHost candidate in candidates)
            {
                if (candidate.Name.AsSpan().SequenceEqual(name) && (!anyPort || candidate.AnyPort))
                {
                    return candidate;
                }
            }
        }
        return null;
    }

    private static ulong Hash(ReadOnlySpan<byte> name) => XxHash3.HashToUInt64(name);
}

/// <summary>The routes of one name.</summary>
/// <param name="Name">Lower case, with a port when the routes state one.</param>
/// <param name="AnyPort">Also answers for the name with any port.</param>
internal sealed record VirtualHost(byte[] Name, bool AnyPort, PathIndex Paths);
