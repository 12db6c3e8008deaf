using System.Text;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Routing;
using Pomerium.Fast.Kit.Proxy;

namespace Pomerium.Fast.Http.Tests.Routing;

/// <summary>Which route a request gets (routing 3 and 4.2).</summary>
public sealed class RouteTableTests
{
    // 3.1: from, request host, with any port, without.
    [InlineData("https://h", "h", true, true)]
    [InlineData("https://h", "H", true, true)]
    [InlineData("https://h", "h:443", true, true)]
    [InlineData("https://h", "h:8443", true, false)]
    [InlineData("https://h:443", "h", true, true)]
    [InlineData("https://h:8443", "h:8443", true, true)]
    [InlineData("https://h:8443", "h", false, false)]
    [InlineData("https://h:8443", "h:443", false, false)]
    [InlineData("http://h", "h", true, true)]
    [InlineData("http://h", "h:80", true, true)]
    [InlineData("http://h", "h:8080", true, false)]
    [InlineData("https://h", "h.", false, false)]
    [InlineData("https://h", "x.h", false, false)]
    // 3.3 wildcards
    [InlineData("https://*.example.com", "a.example.com", true, true)]
    [InlineData("https://*.example.com", "A.b.Example.com", true, true)]
    [InlineData("https://*.example.com", ".example.com", true, true)]
    [InlineData("https://*.example.com", "example.com", false, false)]
    [InlineData("https://*.example.com", "a.example.com:443", true, true)]
    [InlineData("https://*.example.com", "a.example.com:8443", true, false)]
    [InlineData("https://*.example.com", "a.example.com.evil", false, false)]
    [InlineData("https://*.example.com:8443", "a.example.com:8443", true, true)]
    [InlineData("https://*.example.com:8443", "a.example.com", false, false)]
    [InlineData("https://a*b*c.x", "a1b2c.x", true, true)]
    [InlineData("https://a*b*c.x", "abc.x", true, true)]
    [InlineData("https://a*b*c.x", "acb.x", false, false)]
    [Theory]
    public void A_host_is_answered_for(string from, string host, bool withAnyPort, bool without)
    {
        Assert.Equal(withAnyPort, Table(true, TestSnapshot.Route(from)).Match(Head(host, "/")) is not null);
        Assert.Equal(without, Table(false, TestSnapshot.Route(from)).Match(Head(host, "/")) is not null);
    }

    [Fact]
    public void Routes_with_and_without_a_port_live_in_different_hosts()
    {
        RouteTable table = Table(
            true,
            TestSnapshot.Route("https://h") with
            {
                Name = "plain",
            },
            TestSnapshot.Route("https://h:8443") with
            {
                Name = "port",
                Prefix = "/x",
            }
        );
        Assert.Equal("port", table.Match(Head("h:8443", "/x"))!.Config.Name);
        Assert.Null(table.Match(Head("h:8443", "/y")));
        Assert.Equal("plain", table.Match(Head("h:9443", "/y"))!.Config.Name);
    }

    [Fact]
    public void A_host_with_a_route_of_its_own_never_falls_back_to_wildcards()
    {
        RouteTable table = Table(
            true,
            TestSnapshot.Route("https://*.example.com"),
            TestSnapshot.Route("https://bar.example.com") with
            {
                Prefix = "/x",
            }
        );
        Assert.Null(table.Match(Head("bar.example.com", "/y")));
        Assert.NotNull(table.Match(Head("foo.example.com", "/y")));
    }

    [Fact]
    public void The_first_match_in_file_order_wins_whatever_is_more_specific()
    {
        RouteTable table = Table(
            true,
            TestSnapshot.Route() with
            {
                Name = "all",
            },
            TestSnapshot.Route() with
            {
                Name = "exact",
                Path = "/x",
            }
        );
        Assert.Equal("all", table.Match(Head("a", "/x"))!.Config.Name);
        table = Table(
            true,
            TestSnapshot.Route("https://*.x") with
            {
                Name = "wide",
            },
            TestSnapshot.Route("https://*.y.x") with
            {
                Name = "narrow",
            }
        );
        Assert.Equal("wide", table.Match(Head("a.y.x", "/"))!.Config.Name);
    }

    // 4.2
    [InlineData("prefix", "/admin", "/administrator", true)]
    [InlineData("prefix", "/admin", "/admin", true)]
    [InlineData("prefix", "/admin/", "/admin", false)]
    [InlineData("prefix", "/admin/", "/admin;x/y", false)]
    [InlineData("prefix", "/Admin", "/admin", false)]
    [InlineData("path", "/a", "/a", true)]
    [InlineData("path", "/a", "/a/", false)]
    [InlineData("regex", "/a+", "/aaa", true)]
    [InlineData("regex", "/a+", "/aaab", false)]
    [InlineData("regex", "/a|/b", "/b", true)]
    [InlineData("regex", "/a|/b", "/bx", false)]
    [InlineData("regex", "(?i)/a", "/A", true)]
    [InlineData("regex", "/.*", "/x/y", true)]
    [Theory]
    public void A_path_key_matches(string key, string value, string path, bool matches)
    {
        RouteConfig route = TestSnapshot.Route();
        route = key switch
        {
            "prefix" => route with { Prefix = value },
            "path" => route with { Path = value },
            _ => route with { Regex = value },
        };
        Assert.Equal(matches, Table(true, route).Match(Head("a", path)) is not null);
    }

    [Fact]
    public void Regex_beats_path_and_path_beats_prefix_within_a_route()
    {
        RouteTable table = Table(true, TestSnapshot.Route() with { Regex = "/r", Path = "/p", Prefix = "/q" });
        Assert.NotNull(table.Match(Head("a", "/r")));
        Assert.Null(table.Match(Head("a", "/p")));
        table = Table(true, TestSnapshot.Route() with { Path = "/p", Prefix = "/q" });
        Assert.NotNull(table.Match(Head("a", "/p")));
        Assert.Null(table.Match(Head("a", "/q")));
    }

    [Fact]
    public void A_hostile_path_cannot_slow_a_regex_down()
    {
        RouteTable table = Table(true, TestSnapshot.Route() with { Regex = "/(a+)+" });
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        Assert.Null(table.Match(Head("a", "/" + new string('a', 64 * 1024) + "!")));
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(2));
    }

    [InlineData("tcp+https://db:5432", "db:5432", true)]
    [InlineData("tcp+https://db:5432", "db:5433", false)]
    [InlineData("tcp+https://db:5432", "db", false)]
    [InlineData("tcp+https://proxy:8443/redis:6379", "redis:6379", true)]
    [InlineData("tcp+https://proxy:8443/a:1/b:2", "b:2", true)]
    [InlineData("tcp+https://proxy:8443/redis:6379", "proxy:8443", false)]
    [Theory]
    public void A_tcp_route_matches_the_authority_of_a_CONNECT(string from, string target, bool matches)
    {
        RouteTable table = Table(true, TestSnapshot.Route(from));
        RequestHead head = Head(target, "");
        Assert.Null(table.Match(head));
        head.SetMethod("CONNECT"u8);
        Assert.Equal(matches, table.Match(head) is not null);
    }

    [Fact]
    public void Equal_routes_and_bad_expressions_are_diagnostics()
    {
        RouteConfig route = TestSnapshot.Route();
        (RouteTable? table, var problems) = RouteTableBuilder.Build(
            TestSnapshot.With(
                route,
                route with
                {
                    ConfigPath = "routes[1]",
                },
                TestSnapshot.Route() with
                {
                    ConfigPath = "routes[2]",
                    Regex = "(",
                },
                TestSnapshot.Route() with
                {
                    ConfigPath = "routes[3]",
                    Regex = "(?=x)",
                }
            ),
            [null, null, null, null]
        );
        Assert.Null(table);
        Assert.Equal(["route-not-unique", "invalid-regex", "invalid-regex"], problems.Select(static p => p.Code));
        Assert.Equal($"route route-{route.Id} is not unique", problems[0].Message);
        Assert.StartsWith("config: invalid regex \"(\": ", problems[1].Message, StringComparison.Ordinal);
        Assert.All(problems, static p => Assert.Equal(Severity.Error, p.Severity));
    }

    private static RouteTable Table(bool anyPort, params RouteConfig[] routes)
    {
        ConfigSnapshot snapshot = TestSnapshot.With(routes);
        snapshot = snapshot with { RuntimeFlags = snapshot.RuntimeFlags.SetItem("match_any_incoming_port", anyPort) };
        (RouteTable? table, var problems) = RouteTableBuilder.Build(
            snapshot,
            [.. routes.Select(static _ => (Upstream.Cluster?)null)]
        );
        Assert.Empty(problems);
        return table!;
    }

    private static RequestHead Head(string authority, string path)
    {
        RequestHead head = new();
        head.SetMethod("GET"u8);
        head.SetAuthority(Encoding.Latin1.GetBytes(authority));
        head.SetPath(Encoding.Latin1.GetBytes(path));
        return head;
    }
}
