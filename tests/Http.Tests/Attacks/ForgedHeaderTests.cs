using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.Kit.Peers;
using Pomerium.Fast.Kit.Proxy;

namespace Pomerium.Fast.Http.Tests.Attacks;

/// <summary>
/// Identity forged by headers, and proxy headers stripped by nomination (hardening 5.1 and 16): forged forms arrive
/// nowhere, genuine ones always.
/// </summary>
public sealed class ForgedHeaderTests
{
    [InlineData("X-Pomerium-Jwt-Assertion")]
    [InlineData("x_pomerium_jwt_assertion")]
    [InlineData("X-Pomerium_Claim-Email")]
    [InlineData("X-Pomerium-Claim-Anything")]
    [InlineData("X-Pomerium-Authorization")]
    [InlineData("X_Pomerium_Authorization")]
    [InlineData("X-Pomerium-Reproxy-Policy")]
    [InlineData("X-Pomerium-Reproxy-Policy-HMAC")]
    [InlineData("X-Pomerium-Routing-Key")]
    [InlineData("X-Email")]
    [InlineData("x_email")]
    [InlineData("X-Envoy-Original-Path")]
    [InlineData("X_Envoy_Internal")]
    [InlineData("X-Forwarded-Client-Cert")]
    [InlineData("Proxy")]
    [InlineData("Forwarded")]
    [InlineData("X-Real-IP")]
    [InlineData("X_Real_IP")]
    [InlineData("X-Forwarded-Port")]
    [InlineData("X-Forwarded-Prefix")]
    [InlineData("X-Forwarded-Server")]
    [Theory]
    public void A_header_that_no_client_may_say_arrives_nowhere(string name)
    {
        ProxyKit kit = Kit();
        kit.Connect().Send($"GET / HTTP/1.1\r\nHost: a\r\n{name}: forged\r\nX-Kept: 1\r\n\r\n");
        string head = kit.Upstream.Accept().TakeHead();
        Assert.DoesNotContain("forged", head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Kept: 1\r\n", head, StringComparison.Ordinal);
    }

    [InlineData("X-Pomerium-Jwt-Assertion")]
    [InlineData("X-Forwarded-For")]
    [InlineData("X-Forwarded-Proto")]
    [InlineData("X-Forwarded-Host")]
    [InlineData("X-Request-Id")]
    [InlineData("Host")]
    [InlineData("X-Email")]
    [InlineData("Content-Length")]
    [InlineData("X-Set")]
    [Theory]
    public void A_nomination_strips_nothing_that_the_proxy_says(string name)
    {
        ProxyKit kit = Kit(new Identifies());
        kit.Connect()
            .Send(
                $"POST / HTTP/1.1\r\nHost: a\r\nConnection: close, ,{name.ToUpperInvariant()},\r\nContent-Length: 2\r\n\r\nok"
            );
        PipePeer upstream = kit.Upstream.Accept();
        Assert.Contains($"\r\n{name}: ", upstream.TakeHead(), StringComparison.Ordinal);
        upstream.Expect("ok");
    }

    [Fact]
    public void A_nominated_header_of_the_client_and_hop_by_hop_headers_stay_here()
    {
        ProxyKit kit = Kit();
        kit.Connect()
            .Send(
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: X-A\r\nConnection:\t x-b , keep-alive\r\nX-A: gone\r\nX-B: gone\r\n"
                    + "Keep-Alive: gone\r\nProxy-Connection: gone\r\nTE: gone\r\nUpgrade: gone\r\nHTTP2-Settings: gone\r\n"
                    + "Proxy-Authorization: kept\r\n\r\n"
            );
        string head = kit.Upstream.Accept().TakeHead();
        Assert.DoesNotContain("gone", head, StringComparison.Ordinal);
        Assert.DoesNotContain("Connection", head, StringComparison.Ordinal);
        Assert.Contains("\r\nProxy-Authorization: kept\r\n", head, StringComparison.Ordinal);
    }

    [InlineData(100, false)]
    [InlineData(101, true)]
    [Theory]
    public void An_endless_Connection_header_is_refused(int elements, bool refused)
    {
        ProxyKit kit = Kit();
        PipePeer client = kit.Connect()
            .Send(
                $"GET / HTTP/1.1\r\nHost: a\r\nConnection: {string.Join(',', Enumerable.Repeat("x", elements))}\r\n\r\n"
            );
        Assert.Equal(refused, client.Arrived.StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal));
    }

    [Fact]
    public void Genuine_identity_arrives_and_replaces_what_was_forged()
    {
        ProxyKit kit = Kit(new Identifies());
        kit.Connect().Send("GET / HTTP/1.1\r\nHost: a\r\nX-Pomerium-Jwt-Assertion: forged\r\nX-Email: forged\r\n\r\n");
        string head = kit.Upstream.Accept().TakeHead();
        Assert.Contains("\r\nX-Pomerium-Jwt-Assertion: genuine\r\nX-Email: a@b\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain("forged", head, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_id_from_outside_is_not_believed_behind_a_proxy()
    {
        ProxyKit kit = Kit();
        kit.Connect().Send("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 8.8.8.8\r\nX-Request-Id: forged\r\n\r\n");
        Assert.DoesNotContain("forged", kit.Upstream.Accept().TakeHead(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_upstream_cannot_split_the_answer()
    {
        ProxyKit kit = Kit();
        PipePeer client = kit.Connect().Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        kit.Upstream.Accept().Send("HTTP/1.1 200 OK\r\nX: y\rSet-Cookie: evil\r\nContent-Length: 0\r\n\r\n");
        string arrived = client.TakeAll();
        Assert.StartsWith("HTTP/1.1 502 ", arrived, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", arrived, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_that_was_planted_behind_a_HEAD_answer_reaches_nobody()
    {
        ProxyKit kit = Kit();
        PipePeer client = kit.Connect().Send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        kit.Upstream.Accept()
            .Send(
                "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: evil\r\n\r\n"
            );
        client.TakeHead();
        client.ExpectNothing().Send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
        kit.Upstream.Accept().Send("HTTP/1.1 204 No Content\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 204 ", client.TakeHead(), StringComparison.Ordinal);
        client.ExpectNothing();
    }

    private static ProxyKit Kit(params IHandler[] handlers)
    {
        ConfigSnapshot snapshot = TestSnapshot.With(
            TestSnapshot.Route() with
            {
                SetRequestHeaders = [new HeaderSetting("X-Set", "1")],
            }
        );
        return ProxyKit.With(
            snapshot with
            {
                Requests = snapshot.Requests with { HeadersWithUnderscores = UnderscoreAction.Allow },
                Identity = snapshot.Identity with { ClaimHeaders = [new ClaimHeader("X-Email", "email")] },
            },
            handlers
        );
    }

    private sealed class Identifies : IHandler
    {
        private static readonly EncodedHeaders Genuine = new(
            "X-Pomerium-Jwt-Assertion: genuine\r\nX-Email: a@b\r\n"u8.ToArray()
        );

        public Step Handle(Exchange exchange)
        {
            exchange.Edits.Add(Genuine);
            return Step.Continue;
        }
    }
}
