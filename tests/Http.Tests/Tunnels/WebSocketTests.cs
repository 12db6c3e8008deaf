using Pomerium.Fast.Kit.Peers;
using Pomerium.Fast.Kit.Proxy;

namespace Pomerium.Fast.Http.Tests.Tunnels;

/// <summary>Upgrades over HTTP/1.1 (routing 8.2, hardening 3.3): opaque only after the upstream's 101.</summary>
public sealed class WebSocketTests
{
    private const string Ask =
        "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n";
    private const string Switching =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Accept: s\r\n\r\n";

    [Fact]
    public void Bytes_pass_both_ways_after_the_upgrade()
    {
        ProxyKit kit = Kit();
        PipePeer client = kit.Connect();
        client.Send(Ask + "early");
        PipePeer upstream = kit.Upstream.Accept();
        string head = upstream.TakeHead();
        Assert.Contains("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nSec-WebSocket-Key: k\r\n", head, StringComparison.Ordinal);
        upstream.ExpectNothing().Send(Switching + "hello");
        string answer = client.TakeHead();
        Assert.StartsWith("HTTP/1.1 101 Switching Protocols\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Content-Length", answer, StringComparison.Ordinal);
        client.Expect("hello").Send("\0\u00ff");
        upstream.Expect("early\0\u00ff").Send("HTTP/1.1 200 OK\r\n\r\n");
        client.Expect("HTTP/1.1 200 OK\r\n\r\n").ExpectOpen();
        kit.Loop.Advance(TimeSpan.FromHours(1));
        client.ExpectOpen();
    }

    [Fact]
    public void A_half_close_is_passed_on_and_the_other_direction_goes_on()
    {
        ProxyKit kit = Kit();
        (PipePeer client, PipePeer upstream) = Open(kit);
        client.End();
        Assert.True(upstream.Ended);
        upstream.Send("still");
        client.Expect("still").ExpectOpen();
        upstream.Close();
        client.ExpectEnd();
        Assert.Equal(0, kit.Server.OpenConnections);
        Assert.Equal(["GET /ws 101 5 via_upstream"], kit.Log.Lines);
    }

    [Fact]
    public void A_half_closed_tunnel_does_not_live_for_ever()
    {
        ProxyKit kit = Kit();
        (PipePeer client, PipePeer upstream) = Open(kit);
        upstream.End();
        Assert.True(client.Ended);
        kit.Loop.Advance(59_000);
        Assert.Equal(1, kit.Server.OpenConnections);
        kit.Loop.Advance(1_100);
        Assert.Equal(0, kit.Server.OpenConnections);
    }

    [Fact]
    public void A_reset_reaches_the_other_side()
    {
        ProxyKit kit = Kit();
        (PipePeer client, PipePeer upstream) = Open(kit);
        upstream.Reset();
        client.ExpectReset();
        Assert.Equal(0, kit.Loop.Timers.Count);
    }

    [Fact]
    public void An_explicit_idle_timeout_is_obeyed_by_a_tunnel()
    {
        ProxyKit kit = ProxyKit.With(
            TestSnapshot.Route() with
            {
                AllowWebsockets = true,
                IdleTimeout = TimeSpan.FromSeconds(10),
            }
        );
        (PipePeer client, PipePeer upstream) = Open(kit);
        kit.Loop.Advance(9_000);
        client.Send("x");
        kit.Loop.Advance(9_000);
        client.ExpectOpen();
        kit.Loop.Advance(1_200);
        client.ExpectReset();
        upstream.Expect("x");
        upstream.ExpectReset();
    }

    [Fact]
    public void A_tunnel_outlives_the_reload_that_removes_its_route()
    {
        ProxyKit kit = Kit();
        (PipePeer client, PipePeer upstream) = Open(kit);
        kit.Reload(TestSnapshot.With());
        client.Send("x");
        upstream.Expect("x");
    }

    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 ")]
    [InlineData("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", "HTTP/1.1 403 ")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n", "HTTP/1.1 502 ")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n", "HTTP/1.1 502 ")]
    [Theory]
    public void Bytes_behind_a_refused_upgrade_are_never_relayed_nor_read_as_a_request(string answer, string status)
    {
        ProxyKit kit = Kit();
        PipePeer client = kit.Connect();
        client.Send(Ask + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
        PipePeer upstream = kit.Upstream.Accept();
        upstream.TakeHead();
        upstream.Send(answer).ExpectNothing();
        string head = client.TakeHead();
        Assert.StartsWith(status, head, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", head, StringComparison.Ordinal);
        kit.Loop.Advance(1_100);
        client.ExpectEnd();
        kit.Upstream.ExpectNoConnection();
    }

    [Fact]
    public void An_upgrade_that_the_route_does_not_allow_is_403_without_contact()
    {
        ProxyKit kit = Kit();
        PipePeer client = kit.Connect();
        client.Send(Ask.Replace("websocket", "SPDY/3.1", StringComparison.Ordinal));
        Assert.StartsWith("HTTP/1.1 403 ", client.TakeHead(), StringComparison.Ordinal);
        kit.Upstream.ExpectNoConnection();
    }

    private static ProxyKit Kit() => ProxyKit.With(TestSnapshot.Route() with { AllowWebsockets = true });

    private static (PipePeer Client, PipePeer Upstream) Open(ProxyKit kit)
    {
        PipePeer client = kit.Connect();
        client.Send(Ask);
        PipePeer upstream = kit.Upstream.Accept();
        upstream.TakeHead();
        upstream.Send(Switching);
        client.TakeHead();
        return (client, upstream);
    }
}
