using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Kit.Peers;
using Pomerium.Fast.Kit.Proxy;

namespace Pomerium.Fast.Http.Tests.Proxy;

/// <summary>Every timer of routing 8.1 and hardening 2.3 that an exchange has, by a clock that the test turns.</summary>
public sealed class TimeoutTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Fact]
    public void A_slow_head_is_408()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        kit.Loop.Advance(5_000);
        client.Send("GET / HT");
        kit.Loop.Advance(4_900);
        client.ExpectNothing().ExpectOpen();
        kit.Loop.Advance(200);
        string head = client.TakeHead();
        Assert.StartsWith("HTTP/1.1 408 Request Timeout\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", head, StringComparison.Ordinal);
        kit.Loop.Advance(1_100);
        client.ExpectEnd();
    }

    [Fact]
    public void A_slow_head_is_408_by_the_limit_of_the_whole_request_when_that_is_smaller()
    {
        ConfigSnapshot snapshot = TestSnapshot.With(TestSnapshot.Route());
        ProxyKit kit = ProxyKit.With(
            snapshot with
            {
                Timeouts = snapshot.Timeouts with { Read = TimeSpan.FromSeconds(3) },
            }
        );
        PipePeer client = kit.Connect();
        client.Send("GET / HT");
        kit.Loop.Advance(2_900);
        client.ExpectNothing().ExpectOpen();
        kit.Loop.Advance(200);
        Assert.StartsWith("HTTP/1.1 408 ", client.TakeHead(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_that_trickles_wins_no_time()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(Get);
        kit.Upstream.Accept().Send("HTTP/1.1 204 No Content\r\n\r\n");
        client.TakeHead();
        for (int i = 0; i < 9; i++)
        {
            client.Send("G");
            kit.Loop.Advance(1_000);
        }
        client.ExpectNothing();
        kit.Loop.Advance(1_100);
        Assert.StartsWith("HTTP/1.1 408 ", client.TakeHead(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_that_never_says_a_word_is_closed_without_an_answer()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        kit.Loop.Advance(10_100);
        client.ExpectNothing().ExpectEnd();
    }

    [Fact]
    public void An_idle_connection_is_closed_after_its_time()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(Get);
        kit.Upstream.Accept().Send("HTTP/1.1 204 No Content\r\n\r\n");
        client.TakeHead();
        kit.Loop.Advance(TimeSpan.FromMinutes(4.9));
        client.ExpectOpen();
        kit.Loop.Advance(TimeSpan.FromMinutes(0.2));
        client.ExpectNothing().ExpectEnd();
    }

    [Fact]
    public void A_body_that_does_not_come_is_408()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n123");
        PipePeer upstream = kit.Upstream.Accept();
        kit.Loop.Advance(30_100);
        Assert.StartsWith("HTTP/1.1 408 ", client.TakeHead(), StringComparison.Ordinal);
        upstream.ExpectReset();
    }

    [Fact]
    public void A_slow_upstream_is_504()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(Get);
        PipePeer upstream = kit.Upstream.Accept();
        kit.Loop.Advance(29_900);
        client.ExpectNothing();
        kit.Loop.Advance(200);
        Assert.StartsWith("HTTP/1.1 504 Gateway Timeout\r\n", client.TakeHead(), StringComparison.Ordinal);
        Assert.Contains("response_timeout", client.TakeAll(), StringComparison.Ordinal);
        upstream.ExpectReset();
        client.ExpectOpen();
    }

    [Fact]
    public void A_route_timeout_within_the_answer_cuts_it()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(Get);
        kit.Upstream.Accept().Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
        kit.Loop.Advance(30_100);
        client.ExpectReset();
    }

    [Fact]
    public void A_zero_timeout_is_off_and_silence_is_still_bounded()
    {
        ProxyKit kit = ProxyKit.With(TestSnapshot.Route() with { Timeout = TimeSpan.Zero });
        PipePeer client = kit.Connect();
        client.Send(Get);
        PipePeer upstream = kit.Upstream.Accept();
        upstream.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nh");
        kit.Loop.Advance(TimeSpan.FromMinutes(4.9));
        upstream.Send("e");
        kit.Loop.Advance(TimeSpan.FromMinutes(4.9));
        client.ExpectOpen();
        kit.Loop.Advance(TimeSpan.FromMinutes(0.2));
        client.ExpectReset();
    }

    [Fact]
    public void Silence_before_the_answer_is_504()
    {
        ProxyKit kit = ProxyKit.With(
            TestSnapshot.Route() with
            {
                Timeout = TimeSpan.Zero,
                IdleTimeout = TimeSpan.FromSeconds(7),
            }
        );
        PipePeer client = kit.Connect();
        client.Send(Get);
        kit.Loop.Advance(7_100);
        Assert.StartsWith("HTTP/1.1 504 ", client.TakeHead(), StringComparison.Ordinal);
        Assert.Contains("stream_idle_timeout", client.TakeAll(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_life_of_an_exchange_is_bounded_when_configured()
    {
        ConfigSnapshot snapshot = TestSnapshot.With(TestSnapshot.Route() with { Timeout = TimeSpan.Zero });
        ProxyKit kit = ProxyKit.With(
            snapshot with
            {
                Timeouts = snapshot.Timeouts with { Write = TimeSpan.FromSeconds(3) },
            }
        );
        PipePeer client = kit.Connect();
        client.Send(Get);
        kit.Loop.Advance(3_100);
        Assert.StartsWith("HTTP/1.1 504 ", client.TakeHead(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_does_not_take_its_answer_is_cut()
    {
        ProxyKit kit = ProxyKit.With(TestSnapshot.Route() with { Timeout = TimeSpan.Zero });
        PipePeer client = kit.Connect(paused: true);
        client.Send(Get);
        PipePeer upstream = kit.Upstream.Accept();
        upstream.Send("HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n" + new string('x', 2_000_000));
        kit.Loop.Advance(29_000);
        Assert.False(upstream.Ended);
        kit.Loop.Advance(31_100);
        upstream.ExpectReset();
        client.Resume().ExpectReset();
        Assert.Equal(0, kit.Server.OpenConnections);
        Assert.EndsWith("downstream_remote_disconnect", Assert.Single(kit.Log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_pipelines_and_reads_nothing_is_cut()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect(paused: true);
        client.Send(string.Concat(Enumerable.Repeat("GET /ping HTTP/1.1\r\nHost: a\r\n\r\n", 20_000)));
        Assert.InRange(kit.Log.Lines.Count, 1, 19_999);
        kit.Loop.Advance(60_100);
        client.Resume().ExpectReset();
        Assert.Equal(0, kit.Server.OpenConnections);
    }

    [Fact]
    public void A_slow_client_that_goes_on_reading_keeps_its_answer()
    {
        ProxyKit kit = ProxyKit.With(TestSnapshot.Route() with { Timeout = TimeSpan.Zero });
        PipePeer client = kit.Connect(paused: true);
        client.Send(Get);
        PipePeer upstream = kit.Upstream.Accept();
        upstream.Send("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + new string('x', 2_000_000));
        kit.Loop.Advance(31_000);
        client.Resume();
        kit.Loop.Advance(60_000);
        client.TakeHead();
        Assert.Equal(2_000_000, client.TakeAll().Length);
        client.ExpectOpen();
    }

    [Fact]
    public void No_timer_is_left_when_every_connection_is_gone()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok");
        kit.Upstream.Accept().Send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        client.TakeHead();
        client.Close();
        Assert.Equal(0, kit.Loop.Timers.Count);
        Assert.Equal(0, kit.Server.OpenConnections);
    }
}
