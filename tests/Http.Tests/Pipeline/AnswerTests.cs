using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.Kit.Peers;
using Pomerium.Fast.Kit.Proxy;

namespace Pomerium.Fast.Http.Tests.Pipeline;

/// <summary>Answers made at the edge: health, redirects, fixed responses, failures in the form that the client takes.</summary>
public sealed class AnswerTests
{
    [InlineData("GET", "/ping", 200, "OK\n")]
    [InlineData("GET", "/healthz", 200, "OK\n")]
    [InlineData("GET", "/.pomerium/ping", 200, "OK\n")]
    [InlineData("HEAD", "/ping", 200, "")]
    [InlineData("POST", "/ping", 405, "Method Not Allowed\n")]
    [Theory]
    public void Health_is_answered_on_every_host(string method, string path, int status, string body)
    {
        PipePeer client = Ask(ProxyKit.Plain(), $"{method} {path} HTTP/1.1\r\nHost: unknown\r\n\r\n");
        string head = client.TakeHead();
        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
        Assert.Contains("\r\ncontent-type: text/plain\r\n", head, StringComparison.Ordinal);
        client.Expect(body).ExpectOpen();
    }

    // Routing 14.1.
    [InlineData("", "text/html; charset=UTF-8")]
    [InlineData("Accept: */*\r\n", "text/html; charset=UTF-8")]
    [InlineData("Accept: text/html\r\n", "text/html; charset=UTF-8")]
    [InlineData("Accept: text/plain\r\n", "text/plain; charset=UTF-8")]
    [InlineData("Accept: application/json\r\n", "application/json; charset=UTF-8")]
    [InlineData("Accept: application/*\r\n", "application/json; charset=UTF-8")]
    [InlineData("Accept: text/plain;q=0.5, application/json\r\n", "application/json; charset=UTF-8")]
    [InlineData("Accept: text/plain, application/json\r\n", "text/plain; charset=UTF-8")]
    [InlineData("Accept: application/json;q=0, text/plain;q=0.1\r\n", "text/plain; charset=UTF-8")]
    [InlineData("Content-Type: application/grpc\r\n", "application/grpc+json; charset=UTF-8")]
    [Theory]
    public void No_route_is_404_in_the_form_that_the_client_takes(string accept, string type)
    {
        PipePeer client = Ask(ProxyKit.Plain(), $"GET / HTTP/1.1\r\nHost: b\r\nX-Request-Id: r1\r\n{accept}\r\n");
        string head = client.TakeHead();
        Assert.StartsWith("HTTP/1.1 404 Not Found\r\n", head, StringComparison.Ordinal);
        Assert.Contains($"\r\ncontent-type: {type}\r\n", head, StringComparison.Ordinal);
        string body = client.TakeAll();
        if (type.Contains("html", StringComparison.Ordinal))
        {
            Assert.Contains("<title>404 Not Found</title>", body, StringComparison.Ordinal);
            Assert.Contains("<p>There is nothing at this address.</p>", body, StringComparison.Ordinal);
            Assert.Contains("<code>r1</code>, <code>route_not_found</code>", body, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(
                "{\n  \"requestId\": \"r1\",\n  \"status\": \"404\",\n  \"statusText\": \"route_not_found\"\n}\n",
                body
            );
        }
        Assert.Equal(
            type.Contains("grpc", StringComparison.Ordinal),
            head.Contains("\r\ngrpc-status: 5\r\ngrpc-message: NotFound\r\n", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_fixed_response_is_plain_text_with_the_routes_headers()
    {
        ProxyKit kit = ProxyKit.With(
            TestSnapshot.Route(to: "") with
            {
                Response = new ResponseAction(418, "tea"),
                SetResponseHeaders = [new HeaderSetting("X-Set", "1")],
            }
        );
        PipePeer client = Ask(kit, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        string head = client.TakeHead();
        Assert.StartsWith("HTTP/1.1 418 ", head, StringComparison.Ordinal);
        Assert.Contains("\r\ncontent-type: text/plain\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Set: 1\r\n", head, StringComparison.Ordinal);
        client.Expect("tea");
    }

    public static TheoryData<RedirectAction, string, string> Redirects() =>
        new()
        {
            {
                new RedirectAction { HttpsRedirect = true },
                "a",
                "https://a/x/y?q=1"
            },
            {
                new RedirectAction { HttpsRedirect = true },
                "a:80",
                "https://a/x/y?q=1"
            },
            {
                new RedirectAction { HttpsRedirect = true },
                "a:8080",
                "https://a:8080/x/y?q=1"
            },
            {
                new RedirectAction { HttpsRedirect = false, Scheme = "https" },
                "a",
                "http://a/x/y?q=1"
            },
            {
                new RedirectAction { Scheme = "https" },
                "a",
                "https://a/x/y?q=1"
            },
            {
                new RedirectAction { Host = "b" },
                "a:8080",
                "http://b/x/y?q=1"
            },
            {
                new RedirectAction { Host = "b", Port = 444 },
                "a",
                "http://b:444/x/y?q=1"
            },
            {
                new RedirectAction { Port = 444 },
                "a:80",
                "http://a:444/x/y?q=1"
            },
            {
                new RedirectAction { Path = "/p" },
                "a",
                "http://a/p?q=1"
            },
            {
                new RedirectAction { Path = "/p?own=1", StripQuery = true },
                "a",
                "http://a/p?own=1"
            },
            {
                new RedirectAction { PrefixRewrite = "/z" },
                "a",
                "http://a/z/y?q=1"
            },
            {
                new RedirectAction { StripQuery = true, Host = "b" },
                "a",
                "http://b/x/y"
            },
        };

    [MemberData(nameof(Redirects))]
    [Theory]
    public void A_redirect_replaces_the_parts_that_it_names(RedirectAction action, string host, string location)
    {
        ProxyKit kit = ProxyKit.With(
            TestSnapshot.Route(to: "") with
            {
                Prefix = "/x",
                Redirect = action with { ResponseCode = 308 },
            }
        );
        string head = Ask(kit, $"GET /x/y?q=1 HTTP/1.1\r\nHost: {host}\r\n\r\n").TakeHead();
        Assert.StartsWith("HTTP/1.1 308 Permanent Redirect\r\n", head, StringComparison.Ordinal);
        Assert.Contains($"\r\nlocation: {location}\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Length: 0\r\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public void An_escaped_slash_is_redirected_to_its_plain_form_when_configured()
    {
        ConfigSnapshot snapshot = TestSnapshot.With(TestSnapshot.Route());
        ProxyKit kit = ProxyKit.With(
            snapshot with
            {
                Requests = snapshot.Requests with { EscapedSlashes = EscapedSlashAction.UnescapeAndRedirect },
            }
        );
        string head = Ask(kit, "GET /a%2Fb?c%2f HTTP/1.1\r\nHost: a\r\n\r\n").TakeHead();
        Assert.StartsWith("HTTP/1.1 307 ", head, StringComparison.Ordinal);
        Assert.Contains("\r\nlocation: /a/b?c%2f\r\n", head, StringComparison.Ordinal);
        head = Ask(kit, "POST /a%2Fb HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc\r\n\r\n").TakeHead();
        Assert.StartsWith("HTTP/1.1 400 ", head, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_answer_carries_the_request_id_the_global_headers_and_the_date()
    {
        ConfigSnapshot snapshot = TestSnapshot.With();
        ProxyKit kit = ProxyKit.With(
            snapshot with
            {
                Requests = snapshot.Requests with { SetResponseHeaders = [new HeaderSetting("X-Global", "1")] },
            }
        );
        foreach (string request in new[] { "GET /ping HTTP/1.1", "GET / HTTP/1.1", "GET / HTTP/1.0", "G(T / HTTP/1.1" })
        {
            string head = Ask(kit, request + "\r\nHost: a\r\n\r\n").TakeHead();
            Assert.Contains("\r\nServer: pomerium\r\n", head, StringComparison.Ordinal);
            Assert.Contains("\r\nX-Global: 1\r\n", head, StringComparison.Ordinal);
            Assert.Matches(
                "\r\nX-Request-Id: [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\r\n",
                head
            );
            Assert.Contains("\r\nDate: Tue, 01 Jan 2030 00:00:00 GMT\r\n", head, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void CONNECT_without_a_route_is_404_and_for_a_tcp_route_403()
    {
        ProxyKit kit = ProxyKit.With(TestSnapshot.Route("tcp+https://db:5432"), TestSnapshot.Route());
        Assert.StartsWith(
            "HTTP/1.1 404 ",
            Ask(kit, "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n").TakeHead(),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "HTTP/1.1 403 ",
            Ask(kit, "CONNECT db:5432 HTTP/1.1\r\nHost: db\r\n\r\n").TakeHead(),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "HTTP/1.1 404 ",
            Ask(kit, "GET / HTTP/1.1\r\nHost: db:5432\r\n\r\n").TakeHead(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_answer_of_a_handler_takes_its_cookies_along()
    {
        ProxyKit kit = ProxyKit.With(
            TestSnapshot.With(TestSnapshot.Route()),
            new Handler(static e =>
            {
                e.ResponseCookies.Add("_pomerium=1; Path=/"u8.ToArray());
                e.Answer(302, default, default);
                e.Response.Headers.Add("Location"u8, "https://sign-in"u8);
                return Step.Answered;
            })
        );
        string head = Ask(kit, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").TakeHead();
        Assert.Contains(
            "\r\nLocation: https://sign-in\r\nSet-Cookie: _pomerium=1; Path=/\r\n",
            head,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_pending_handler_is_waited_for_and_goes_on_where_it_stopped()
    {
        Exchange? held = null;
        int later = 0;
        ProxyKit kit = ProxyKit.With(
            TestSnapshot.With(TestSnapshot.Route()),
            new Handler(e =>
            {
                held = e;
                return Step.Pending;
            }),
            new Handler(_ =>
            {
                later++;
                return Step.Continue;
            })
        );
        PipePeer client = Ask(kit, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok");
        kit.Upstream.ExpectNoConnection();
        kit.Loop.Post(_ => held!.Resume(Step.Continue), null);
        PipePeer upstream = kit.Upstream.Accept();
        upstream.TakeHead();
        upstream.Expect("ok").Send("HTTP/1.1 204 No Content\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 204 ", client.TakeHead(), StringComparison.Ordinal);
        Assert.Equal(1, later);
    }

    [Fact]
    public void A_handler_that_comes_back_after_the_end_of_the_connection_does_no_harm()
    {
        Exchange? held = null;
        ProxyKit kit = ProxyKit.With(
            TestSnapshot.With(TestSnapshot.Route()),
            new Handler(e =>
            {
                held = e;
                return Step.Pending;
            })
        );
        PipePeer client = Ask(kit, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        kit.Server.AbortAll();
        client.ExpectReset();
        Assert.Empty(kit.Log.Lines);
        kit.Loop.Post(_ => held!.Resume(Step.Continue), null);
        kit.Upstream.ExpectNoConnection();
        Assert.Single(kit.Log.Lines);
    }

    [Fact]
    public void A_failed_authorization_is_503_with_an_empty_body()
    {
        ProxyKit kit = ProxyKit.With(
            TestSnapshot.With(TestSnapshot.Route()),
            new Handler(static e =>
            {
                e.Failure = FailureKind.AuthorizationUnavailable;
                return Step.Failed;
            })
        );
        PipePeer client = Ask(kit, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 503 ", client.TakeHead(), StringComparison.Ordinal);
        client.ExpectNothing();
        Assert.Equal(["GET / 503 0 ext_authz_error"], kit.Log.Lines);
    }

    private static PipePeer Ask(ProxyKit kit, string request) => kit.Connect().Send(request);

    private sealed class Handler(Func<Exchange, Step> handle) : IHandler
    {
        public Step Handle(Exchange exchange) => handle(exchange);
    }
}
