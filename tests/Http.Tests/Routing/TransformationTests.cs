using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Kit.Peers;
using Pomerium.Fast.Kit.Proxy;

namespace Pomerium.Fast.Http.Tests.Routing;

/// <summary>What becomes of a request and an answer on their way (routing 7), as the peers see it.</summary>
public sealed class TransformationTests
{
    // 7.1: to, prefix, path, rewrite keys, request, what goes upstream.
    [InlineData("http://u", null, null, null, "/x?q", "/x?q")]
    [InlineData("http://u/anything", null, null, null, "/foo", "/anythingfoo")]
    [InlineData("http://u/anything", null, null, null, "/", "/anything")]
    [InlineData("http://u/anything/", null, null, null, "/foo", "/anything/foo")]
    [InlineData("http://u/", "/app", null, null, "/app/x", "//x")]
    [InlineData("http://u", "/app", null, "/", "/app/x?q=1", "//x?q=1")]
    [InlineData("http://u", "/app/", null, "/", "/app/x", "/x")]
    [InlineData("http://u", "/app", null, "", "/app", "/")]
    [InlineData("http://u/ignored", "/app", null, "/new", "/app/x", "/new/x")]
    [InlineData("http://u", null, "/exact", "/other", "/exact?q", "/other?q")]
    [Theory]
    public void The_path_is_rewritten(string to, string? prefix, string? path, string? rewrite, string ask, string sent)
    {
        RouteConfig route = TestSnapshot.Route(to: to) with { Prefix = prefix, Path = path, PrefixRewrite = rewrite };
        Assert.StartsWith(
            $"GET {sent} HTTP/1.1\r\n",
            Sent(route, $"GET {ask} HTTP/1.1\r\nHost: a\r\n\r\n"),
            StringComparison.Ordinal
        );
    }

    [InlineData("/a(.)", @"/\1z", "/axb", "/xzb")]
    [InlineData("o", "0", "/foo/o", "/f00/0")]
    [InlineData("(?i)A", @"<\0\\$1>", "/a", "/<a\\$1>")]
    [InlineData("/.*", "", "/x", "/")]
    [Theory]
    public void A_regex_rewrites_every_match(string pattern, string substitution, string ask, string sent)
    {
        RouteConfig route = TestSnapshot.Route() with
        {
            RegexRewritePattern = pattern,
            RegexRewriteSubstitution = substitution,
        };
        Assert.StartsWith(
            $"GET {sent} HTTP/1.1\r\n",
            Sent(route, $"GET {ask} HTTP/1.1\r\nHost: a\r\n\r\n"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_rewrite_that_would_break_the_line_is_502()
    {
        ProxyKit kit = ProxyKit.With(
            TestSnapshot.Route() with
            {
                RegexRewritePattern = "x",
                RegexRewriteSubstitution = " HTTP/1.1\r\nEvil: 1",
            }
        );
        PipePeer client = kit.Connect().Send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 502 ", client.TakeHead(), StringComparison.Ordinal);
        kit.Upstream.ExpectNoConnection();
    }

    public static TheoryData<RouteConfig, string, string> Hosts()
    {
        RouteConfig route = TestSnapshot.Route(to: "http://u:8080");
        return new()
        {
            { route, "u:8080", "X-Forwarded-Host: a\r\n" },
            { TestSnapshot.Route(to: "http://u"), "u", "X-Forwarded-Host: a\r\n" },
            { route with { PreserveHostHeader = true }, "a", "" },
            { route with { HostRewrite = "w", PreserveHostHeader = true }, "w", "X-Forwarded-Host: a\r\n" },
            { route with { HostRewriteHeader = "X-H" }, "h.example", "X-Forwarded-Host: a\r\n" },
            { route with { HostRewriteHeader = "X-None" }, "a", "" },
            {
                route with
                {
                    HostPathRegexRewritePattern = "^/(\\w+).*$",
                    HostPathRegexRewriteSubstitution = @"\1.internal",
                },
                "p.internal",
                "X-Forwarded-Host: a\r\n"
            },
            { route with { RemoveRequestHeaders = ["X-Forwarded-Host"] }, "u:8080", "" },
        };
    }

    [MemberData(nameof(Hosts))]
    [Theory]
    public void The_host_is_chosen_in_order(RouteConfig route, string host, string forwardedHost)
    {
        string head = Sent(route, "GET /p/q HTTP/1.1\r\nHost: a\r\nX-H: h.example\r\n\r\n");
        Assert.Contains($"HTTP/1.1\r\nHost: {host}\r\n", head, StringComparison.Ordinal);
        Assert.Equal(forwardedHost.Length > 0, head.Contains("X-Forwarded-Host", StringComparison.Ordinal));
        Assert.Contains(forwardedHost, head, StringComparison.Ordinal);
    }

    [InlineData("X-Forwarded-Host: old\r\n", "X-Forwarded-Host: old,a\r\n")]
    [InlineData("X-Forwarded-Host: old, a\r\n", "X-Forwarded-Host: old, a\r\n")]
    [InlineData("X-Forwarded-Host: ba\r\n", "X-Forwarded-Host: ba,a\r\n")]
    [InlineData("X-Forwarded-For: 192.0.5.1\r\n", "X-Forwarded-For: 192.0.5.1,127.0.0.1\r\n")]
    [InlineData(
        "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2\r\n",
        "X-Forwarded-For: 1.1.1.1,2.2.2.2,127.0.0.1\r\n"
    )]
    [InlineData("X-Forwarded-Proto: https\r\n", "X-Forwarded-Proto: http\r\n")]
    [Theory]
    public void Forwarding_headers_are_appended(string came, string sent) =>
        Assert.Contains(
            "\r\n" + sent,
            Sent(TestSnapshot.Route(), $"GET / HTTP/1.1\r\nHost: a\r\n{came}\r\n"),
            StringComparison.Ordinal
        );

    [Fact]
    public void Trusted_hops_are_believed_as_far_as_configured()
    {
        ConfigSnapshot snapshot = TestSnapshot.With(TestSnapshot.Route());
        ProxyKit kit = ProxyKit.With(
            snapshot with
            {
                Requests = snapshot.Requests with { XffTrustedHops = 1, SkipXffAppend = true },
            }
        );
        kit.Connect()
            .Send(
                "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 8.8.8.8\r\nX-Forwarded-Proto: https\r\nX-Request-Id: r1\r\n\r\n"
            );
        string head = kit.Upstream.Accept().TakeHead();
        Assert.Contains("\r\nX-Forwarded-For: 8.8.8.8\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Forwarded-Proto: https\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain("r1", head, StringComparison.Ordinal);
    }

    // 7.3: a template, and its value for a request with X-In: in.
    [InlineData("plain", "plain")]
    [InlineData("a$$b", "a$b")]
    [InlineData("$pomerium.request.headers[\"X-In\"]", "in")]
    [InlineData("<${ pomerium.request.headers[\"x-in\"] }>", "<in>")]
    [InlineData("$pomerium.request.headers[\"X-None\"]", "")]
    [InlineData("$pomerium.jwt!", "!")]
    [InlineData("$unknown.thing", "")]
    [InlineData("100$", "100$")]
    [InlineData("$5", "$5")]
    [InlineData("${", "${")]
    [Theory]
    public void A_header_template_is_filled(string template, string value)
    {
        RouteConfig route = TestSnapshot.Route() with { SetRequestHeaders = [new HeaderSetting("X-Set", template)] };
        string head = Sent(route, "GET / HTTP/1.1\r\nHost: a\r\nX-In: in\r\nX-Set: client\r\n\r\n");
        Assert.Contains($"\r\nX-Set: {value}\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain("client", head, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_is_both_set_and_removed_is_set()
    {
        RouteConfig route = TestSnapshot.Route() with
        {
            SetRequestHeaders = [new HeaderSetting("X-A", "1")],
            RemoveRequestHeaders = ["x-a", "X-B"],
        };
        string head = Sent(route, "GET / HTTP/1.1\r\nHost: a\r\nX-A: 0\r\nx-b: 0\r\n\r\n");
        Assert.Contains("\r\nX-A: 1\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain("x-b", head, StringComparison.OrdinalIgnoreCase);
    }

    // 7.5
    [InlineData("_pomerium=s", null)]
    [InlineData("a=1; _pomerium=s; b=2", "a=1; b=2")]
    [InlineData("_pomerium=s;_pomerium_csrf=t", "_pomerium_csrf=t")]
    [InlineData("_pomerium_authenticate=s; a=1", "a=1")]
    [InlineData("%5Fpomerium=x; _POMERIUM=y", "%5Fpomerium=x; _POMERIUM=y")]
    [InlineData(" a=1 ;; b", "a=1; b")]
    [Theory]
    public void Our_cookies_are_cut_out(string came, string? sent)
    {
        string head = Sent(TestSnapshot.Route(), $"GET / HTTP/1.1\r\nHost: a\r\nCookie: {came}\r\n\r\n");
        if (sent is null)
        {
            Assert.DoesNotContain("Cookie", head, StringComparison.Ordinal);
        }
        else
        {
            Assert.Contains($"\r\nCookie: {sent}\r\n", head, StringComparison.Ordinal);
        }
    }

    // 7.6: what the upstream sends, what the client sees.
    [InlineData("Server: apache\r\n", "Server: pomerium\r\n", "apache")]
    [InlineData("X-Request-Id: forged\r\n", "X-Request-Id: r1\r\n", "forged")]
    [InlineData(
        "Set-Cookie: _pomerium=x\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n",
        "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n",
        "_pomerium"
    )]
    [InlineData("Set-Cookie: _pomerium_csrf=x\r\n", "", "_pomerium")]
    [InlineData("X-Pomerium-Intercepted-Response: true\r\n", "", "Intercepted")]
    [InlineData("Connection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\n", "", "Hop")]
    [InlineData("Trailer: X\r\nUpgrade: h2c\r\nProxy-Connection: x\r\n", "", "h2c")]
    [InlineData("Date: Mon, 01 Jan 2001 00:00:00 GMT\r\n", "Date: Mon, 01 Jan 2001 00:00:00 GMT\r\n", "2030")]
    [InlineData("X-Over: upstream\r\n", "X-Over: route\r\n", "upstream")]
    [InlineData("Location: http://up/x\r\n", "Location: https://a/x\r\n", "http://up")]
    [InlineData("Proxy-Authenticate: Basic\r\n", "Proxy-Authenticate: Basic\r\n", "nothing of the kind")]
    [Theory]
    public void An_answer_is_cleaned_and_edited(string came, string sent, string gone)
    {
        ProxyKit kit = ProxyKit.With(
            TestSnapshot.Route() with
            {
                SetResponseHeaders = [new HeaderSetting("X-Over", "route"), new HeaderSetting("X-Seen", "p-1")],
                RewriteResponseHeaders =
                [
                    new ResponseHeaderRewrite("location", "http://up/", "https://a/"),
                    new ResponseHeaderRewrite("X-Seen", "p-", "q-"),
                ],
            }
        );
        PipePeer client = kit.Connect().Send("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: r1\r\n\r\n");
        kit.Upstream.Accept().Send($"HTTP/1.1 200 OK\r\n{came}Content-Length: 0\r\n\r\n");
        string head = client.TakeHead();
        Assert.Contains("\r\n" + sent, head, StringComparison.Ordinal);
        Assert.DoesNotContain(gone, head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Seen: q-1\r\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public void Configured_fields_stand_in_the_place_of_ours_and_never_touch_the_framing()
    {
        ProxyKit kit = ProxyKit.With(
            TestSnapshot.Route() with
            {
                SetResponseHeaders =
                [
                    new HeaderSetting("Server", "mine"),
                    new HeaderSetting("date", "never"),
                    new HeaderSetting("Content-Length", "7"),
                    new HeaderSetting("Transfer-Encoding", "chunked"),
                    new HeaderSetting("X-Request-Id", "forged"),
                    new HeaderSetting("X-Line", "a\r\nEvil: b"),
                ],
                SetRequestHeaders =
                [
                    new HeaderSetting("Transfer-Encoding", "chunked"),
                    new HeaderSetting("content-length", "7"),
                    new HeaderSetting("X-Set", "1"),
                ],
            }
        );
        PipePeer client = kit.Connect().Send("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: r1\r\n\r\n");
        PipePeer upstream = kit.Upstream.Accept();
        string sent = upstream.TakeHead();
        Assert.Contains("\r\nX-Set: 1\r\n", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("ransfer-", sent, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("content-length", sent, StringComparison.OrdinalIgnoreCase);
        upstream.Send(
            "HTTP/1.1 200 OK\r\nDate: Mon, 01 Jan 2001 00:00:00 GMT\r\nServer: up\r\nContent-Length: 0\r\n\r\n"
        );
        Assert.Equal(
            "HTTP/1.1 200 OK\r\nServer: mine\r\ndate: never\r\nX-Line: a  Evil: b\r\nX-Request-Id: r1\r\nContent-Length: 0\r\n\r\n",
            client.TakeHead()
        );
    }

    [InlineData("TE: trailers\r\n", true)]
    [InlineData("TE: gzip;q=0.5 , Trailers\r\nConnection: TE\r\n", true)]
    [InlineData("TE: gzip\r\n", false)]
    [InlineData("", false)]
    [Theory]
    public void Of_TE_only_the_acceptance_of_trailers_goes_on(string came, bool goesOn)
    {
        string sent = Sent(TestSnapshot.Route(), $"GET / HTTP/1.1\r\nHost: a\r\n{came}\r\n");
        Assert.Equal(goesOn, sent.Contains("\r\nTE: trailers\r\nConnection: TE\r\n", StringComparison.Ordinal));
        Assert.DoesNotContain("gzip", sent, StringComparison.Ordinal);
    }

    private static string Sent(RouteConfig route, string request)
    {
        ProxyKit kit = ProxyKit.With(route);
        kit.Connect().Send(request);
        return kit.Upstream.Accept().TakeHead();
    }
}
