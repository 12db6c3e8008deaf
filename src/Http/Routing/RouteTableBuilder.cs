using System.Collections.Immutable;
using System.Text;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Upstream;

namespace Pomerium.Fast.Http.Routing;

/// <summary>Builds the route table, or says with line and remedy what is wrong with a route.</summary>
public static class RouteTableBuilder
{
    /// <param name="clusters">The cluster of each route, null where it has none; in the snapshot's order.</param>
    public static (RouteTable? Table, ImmutableArray<Diagnostic> Problems) Build(
        ConfigSnapshot snapshot,
        IReadOnlyList<Cluster?> clusters
    )
    {
        ImmutableArray<Diagnostic>.Builder problems = ImmutableArray.CreateBuilder<Diagnostic>();
        List<Route> routes = [];
        Dictionary<string, RouteConfig> ids = new(StringComparer.Ordinal);
        for (int i = 0; i < snapshot.Routes.Length; i++)
        {
            RouteConfig config = snapshot.Routes[i];
            if (!ids.TryAdd(config.Id, config))
            {
                problems.Add(
                    Problem(
                        snapshot,
                        config,
                        "route-not-unique",
                        config.ConfigPath,
                        $"route {(config.Name.Length > 0 ? config.Name : "route")}-{config.Id} is not unique",
                        $"{ids[config.Id].ConfigPath} has the same from, path and action: remove one of them"
                    )
                );
            }
            else if (Compile(snapshot, i, config, clusters[i], problems) is { } route)
            {
                routes.Add(route);
            }
        }
        return problems.Count > 0 ? (null, problems.ToImmutable()) : (Assemble(snapshot, routes), []);
    }

    private static Route? Compile(
        ConfigSnapshot snapshot,
        int index,
        RouteConfig config,
        Cluster? cluster,
        ImmutableArray<Diagnostic>.Builder problems
    )
    {
        try
        {
            (long timeout, long idle) = RouteTimeouts.Of(config, snapshot.Timeouts);
            return new Route(
                index,
                config,
                new PathMatcher(config),
                new RouteRewrite(config),
                new RouteHeaders(snapshot, config)
            )
            {
                Cluster = cluster,
                TimeoutMs = timeout,
                IdleTimeoutMs = idle,
            };
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            string value = config.Regex ?? config.RegexRewritePattern ?? config.HostPathRegexRewritePattern ?? "";
            problems.Add(
                Problem(
                    snapshot,
                    config,
                    "invalid-regex",
                    config.ConfigPath + (config.Regex is null ? ".regex_rewrite_pattern" : ".regex"),
                    $"config: invalid regex \"{value}\": {e.Message}",
                    "write an RE2 expression: no look-around and no back-references"
                )
            );
            return null;
        }
    }

    private static RouteTable Assemble(ConfigSnapshot snapshot, List<Route> routes)
    {
        bool anyPort = snapshot.Flag("match_any_incoming_port");
        Dictionary<string, (bool AnyPort, List<Route> Routes)> hosts = new(StringComparer.Ordinal);
        List<(HostPattern, Route)> wildcards = [];
        foreach (Route route in routes)
        {
            foreach ((string name, bool any) in Names(route.Config.From, anyPort))
            {
                if (name.Contains('*', StringComparison.Ordinal))
                {
                    wildcards.Add((new HostPattern(Encoding.ASCII.GetBytes(name), any), route));
                    continue;
                }
                if (!hosts.TryGetValue(name, out (bool, List<Route> Routes) host))
                {
                    hosts[name] = host = (any, []);
                }
                host.Routes.Add(route);
            }
        }
        return new RouteTable(
            hosts.Select(static h => new VirtualHost(
                Encoding.ASCII.GetBytes(h.Key),
                h.Value.AnyPort,
                new PathIndex([.. h.Value.Routes])
            )),
            [.. wildcards],
            routes
        );
    }

    /// <summary>Names that a route answers for (routing 3.1), lower case.</summary>
    private static IEnumerable<(string Name, bool AnyPort)> Names(RouteSource from, bool anyPort)
    {
        if (from.Scheme is RouteScheme.TcpHttps or RouteScheme.UdpHttps && from.Path.Trim('/').Length > 0)
        {
            foreach (string destination in from.Path.Trim('/').Split('/'))
            {
                yield return (destination.ToLowerInvariant(), false);
            }
            yield break;
        }
        if (from.Port is { } port)
        {
            yield return ($"{from.Host}:{port}", false);
            yield break;
        }
        yield return (from.Host, anyPort);
        if (!anyPort && !from.Host.Contains('*', StringComparison.Ordinal))
        {
            yield return ($"{from.Host}:{(from.Scheme == RouteScheme.Http ? 80 : 443)}", false);
        }
    }

    private static Diagnostic Problem(
        ConfigSnapshot snapshot,
        RouteConfig config,
        string code,
        string path,
        string message,
        string remedy
    ) => new(code, Severity.Error, path, snapshot.Places.Find(path), message, config.From.Text, remedy);
}
