using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.Kit.Peers;
using Pomerium.Fast.Kit.Proxy;

namespace Pomerium.Fast.Http.Tests.Pipeline;

/// <summary>Which requests go to the control plane (routing 17), and how facts go with them.</summary>
public sealed class HandOverTests
{
    [InlineData("a", "/.pomerium", true)]
    [InlineData("a", "/.pomerium/", true)]
    [InlineData("unknown", "/.pomerium/user", true)]
    [InlineData("a", "/.well-known/pomerium/jwks.json", true)]
    [InlineData("a", "/.well-known/pomerium", true)]
    [InlineData("a", "/.pomeriumx", false)]
    [InlineData("a", "/.well-known/pomeriumx", false)]
    [InlineData("a", "/oauth2/callback", false)]
    [InlineData("auth.example.com", "/oauth2/callback", true)]
    [InlineData("AUTH.example.com:443", "/oauth2/callback", true)]
    [InlineData("auth.example.com:8443", "/oauth2/callback", true)]
    [InlineData("auth.example.com", "/.pomerium/sign_in", true)]
    [InlineData("auth.example.com.evil", "/oauth2/callback", false)]
    [Theory]
    public void Internal_paths_go_to_the_control_plane(string host, string path, bool internalPath)
    {
        ProxyKit kit = Kit();
        kit.Connect().Send($"GET {path}?q HTTP/1.1\r\nHost: {host}\r\nCookie: _pomerium=1\r\n\r\n");
        if (!internalPath)
        {
            kit.ControlPlane.ExpectNoConnection();
            return;
        }
        string head = kit.ControlPlane.Accept().TakeHead();
        Assert.StartsWith(
            $"GET {path}?q HTTP/1.1\r\nHost: {host}\r\nCookie: _pomerium=1\r\n",
            head,
            StringComparison.Ordinal
        );
        kit.Upstream.ExpectNoConnection();
    }

    [InlineData("/", 302, "\r\nlocation: /.pomerium/\r\n")]
    [InlineData("/robots.txt", 200, "\r\ncontent-type: text/plain; charset=utf-8\r\n")]
    [Theory]
    public void The_sign_in_host_has_a_home(string path, int status, string field)
    {
        ProxyKit kit = Kit();
        PipePeer client = kit.Connect().Send($"GET {path} HTTP/1.1\r\nHost: auth.example.com\r\n\r\n");
        string head = client.TakeHead();
        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
        Assert.Contains(field, head, StringComparison.Ordinal);
    }

    [Fact]
    public void Facts_lie_beside_the_head_and_are_gone_after_the_answer()
    {
        ProxyKit kit = Kit();
        PipePeer client = kit.Connect().Send("GET /.pomerium/ HTTP/1.1\r\nHost: a\r\nX-Request-Id: r1\r\n\r\n");
        PipePeer plane = kit.ControlPlane.Accept();
        ExpectFacts facts = new(plane.Connection);
        Assert.Equal(PageKind.Endpoint, facts.Now!.Page);
        Assert.Equal("r1", facts.Now.RequestId);
        Assert.Equal("a", facts.Now.Authority);
        Assert.False(facts.Now.IsTls);
        plane.Send(
            "HTTP/1.1 200 OK\r\nSet-Cookie: _pomerium=2\r\nX-Pomerium-Intercepted-Response: true\r\nContent-Length: 2\r\n\r\nok"
        );
        string head = client.TakeHead();
        Assert.Contains("\r\nSet-Cookie: _pomerium=2\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Pomerium-Intercepted-Response: true\r\n", head, StringComparison.Ordinal);
        Assert.Null(facts.Now);
        client.Expect("ok").Send("GET /.pomerium/user HTTP/1.1\r\nHost: a\r\n\r\n");
        plane.TakeHead();
        Assert.StartsWith("GET /.pomerium/user ", plane.TakeHead(), StringComparison.Ordinal);
        Assert.NotNull(facts.Now);
    }

    [Fact]
    public void A_body_is_streamed_to_the_control_plane()
    {
        ProxyKit kit = Kit();
        kit.Connect().Send("POST /.pomerium/sign_out HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
        PipePeer plane = kit.ControlPlane.Accept();
        Assert.Contains("\r\nContent-Length: 5\r\n", plane.TakeHead(), StringComparison.Ordinal);
        plane.Expect("hello");
    }

    [Fact]
    public void A_browser_is_shown_the_page_of_a_failure()
    {
        ProxyKit kit = Kit();
        PipePeer client = kit.Connect()
            .Send("POST /x?y HTTP/1.1\r\nHost: b\r\nAccept: text/html,*/*\r\nContent-Length: 2\r\n\r\nok");
        PipePeer plane = kit.ControlPlane.Accept();
        string head = plane.TakeHead();
        Assert.StartsWith("GET /x?y HTTP/1.1\r\nHost: b\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain("Content-Length", head, StringComparison.Ordinal);
        ExchangeFacts facts = new ExpectFacts(plane.Connection).Now!;
        Assert.Equal(PageKind.Error, facts.Page);
        Assert.Equal(404, facts.Status);
        Assert.Equal("Not Found", facts.StatusText);
        Assert.Equal("", facts.Description);
        Assert.Equal("route_not_found", facts.Detail);
        plane.ExpectNothing().Send("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\npage");
        Assert.StartsWith("HTTP/1.1 404 ", client.TakeHead(), StringComparison.Ordinal);
        client.Expect("page").ExpectOpen();
        Assert.Equal(["POST /x 404 4 route_not_found"], kit.Log.Lines);
    }

    [Fact]
    public void A_failure_stands_when_its_page_cannot_be_had()
    {
        ProxyKit kit = Kit();
        kit.ControlPlane.Close();
        PipePeer client = kit.Connect().Send("GET /x HTTP/1.1\r\nHost: b\r\nAccept: text/html\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 404 ", client.TakeHead(), StringComparison.Ordinal);
        client = kit.Connect().Send("GET /.pomerium/ HTTP/1.1\r\nHost: b\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 503 ", client.TakeHead(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_denial_by_a_handler_becomes_the_page_that_it_names()
    {
        ProxyKit kit = Kit(new Denies());
        PipePeer client = kit.Connect().Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        PipePeer plane = kit.ControlPlane.Accept();
        ExchangeFacts facts = new ExpectFacts(plane.Connection).Now!;
        Assert.Equal(403, facts.Status);
        Assert.NotNull(facts.Route);
        plane.Send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 403 ", client.TakeHead(), StringComparison.Ordinal);
        Assert.Equal(["GET / 403 0 ext_authz_denied"], kit.Log.Lines);
    }

    [Fact]
    public void Handlers_see_internal_paths_without_a_route()
    {
        Denies handler = new();
        ProxyKit kit = Kit(handler);
        kit.Connect().Send("GET /.pomerium/jwt HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.True(handler.SawInternal);
    }

    private static ProxyKit Kit(params IHandler[] handlers)
    {
        ConfigSnapshot snapshot = TestSnapshot.With(TestSnapshot.Route());
        return ProxyKit.WithControlPlane(
            snapshot with
            {
                Identity = snapshot.Identity with { AuthenticateUrl = new Uri("https://auth.example.com") },
            },
            handlers
        );
    }

    /// <summary>What the control plane's end of the connection sees.</summary>
    private sealed class ExpectFacts(ConnectionContext connection)
    {
        public ExchangeFacts? Now => connection.Features.Get<IExchangeFactsFeature>()!.Facts;
    }

    private sealed class Denies : IHandler
    {
        public bool SawInternal { get; private set; }

        public Step Handle(Exchange exchange)
        {
            SawInternal = exchange.IsInternal && exchange.Route is null;
            exchange.Facts.Page = PageKind.Error;
            exchange.Facts.Status = 403;
            exchange.Facts.StatusText = "Forbidden";
            exchange.Detail = "ext_authz_denied"u8.ToArray();
            return Step.HandOver;
        }
    }
}
