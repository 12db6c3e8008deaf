using System.Text;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Routing;
using Pomerium.Fast.Http.Upstream;
using Pomerium.Fast.Kit.Proxy;

namespace Pomerium.Fast.Micro.Scenes;

/// <summary>A table of many routes, and a request for one in its middle.</summary>
internal sealed class RouteScene
{
    private readonly RouteTable _table;
    private readonly RequestHead _request = new();

    private RouteScene(RouteConfig[] routes, string host, string path)
    {
        _table = RouteTableBuilder.Build(TestSnapshot.With(routes), new Cluster?[routes.Length]).Table!;
        _request.SetMethod("GET"u8);
        _request.SetAuthority(Encoding.ASCII.GetBytes(host));
        _request.SetPath(Encoding.ASCII.GetBytes(path));
    }

    /// <summary>Each route has a host of its own, as most have.</summary>
    public static RouteScene Hosts(int count) =>
        new(
            [.. Enumerable.Range(0, count).Select(static i => TestSnapshot.Route($"https://app{i}.example.com"))],
            $"app{count / 2}.example.com",
            "/some/page"
        );

    /// <summary>All share one host and differ by prefix: the first match in file order is looked for.</summary>
    public static RouteScene Prefixes(int count) =>
        new(
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(static i =>
                        TestSnapshot.Route("https://app.example.com") with
                        {
                            Prefix = $"/service{i}/",
                        }
                    ),
            ],
            "app.example.com",
            $"/service{count / 2}/page"
        );

    public Route Match() => _table.Match(_request) ?? throw new InvalidOperationException("no route matches");
}
