using System.Text;
using CsCheck;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Routing;
using Pomerium.Fast.Http.Upstream;
using Pomerium.Fast.Kit.Proxy;

namespace Pomerium.Fast.Http.Tests.Routing;

/// <summary>The index of a host with many routes finds what trying them one after the other finds (routing 4.2).</summary>
public sealed class PathIndexTests
{
    private static readonly Gen<string> Paths = Gen.Char['a', 'c']
        .Select(static c => c == 'c' ? '/' : c)
        .Array[0, 5]
        .Select(static rest => "/" + new string(rest));

    private static readonly Gen<RouteConfig> Routes = Gen.Select(
        Gen.Frequency((6, Gen.Const(PathKind.Prefix)), (3, Gen.Const(PathKind.Exact)), (1, Gen.Const(PathKind.Regex))),
        Paths,
        static (kind, path) =>
            TestSnapshot.Route() with
            {
                Prefix = kind == PathKind.Prefix ? path : null,
                Path = kind == PathKind.Exact ? path : null,
                Regex = kind == PathKind.Regex ? path + "b+" : null,
            }
    );

    [Fact]
    public void Many_routes_match_as_if_tried_in_order() =>
        Gen.Select(Routes.Array[1, 60], Paths.Array[1, 20])
            .Sample(
                static (routes, paths) =>
                {
                    (RouteTable? table, _) = RouteTableBuilder.Build(
                        TestSnapshot.With(routes),
                        new Cluster?[routes.Length]
                    );
                    foreach (string path in paths)
                    {
                        RequestHead head = new();
                        head.SetMethod("GET"u8);
                        head.SetAuthority("a"u8);
                        head.SetPath(Encoding.ASCII.GetBytes(path));
                        Assert.Equal(
                            table!.Routes.FirstOrDefault(r => PathIndex.Fits(r, head))?.Index,
                            table.Match(head)?.Index
                        );
                    }
                },
                iter: 300
            );
}
