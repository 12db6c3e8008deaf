using Pomerium.Fast.Kit.Peers;
using Pomerium.Fast.Kit.Proxy;

namespace Pomerium.Fast.Http.Tests.H1;

/// <summary>Keep-alive, pipelining, endings and drain of a client's connection.</summary>
public sealed class ServerConnectionTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string NoContent = "HTTP/1.1 204 No Content\r\n\r\n";

    [Fact]
    public void Pipelined_requests_are_answered_in_order()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(
            "GET /ping HTTP/1.1\r\nHost: a\r\n\r\nGET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
        );
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", client.TakeHead(), StringComparison.Ordinal);
        client.Expect("OK\n");
        kit.Upstream.Accept().Send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 201 Created\r\n", client.TakeHead(), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", client.TakeHead(), StringComparison.Ordinal);
        client.Expect("OK\n").ExpectOpen();
    }

    [Fact]
    public void A_thousand_pipelined_requests_do_not_deepen_the_stack()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(string.Concat(Enumerable.Repeat("GET /ping HTTP/1.1\r\nHost: a\r\n\r\n", 1000)));
        Assert.Equal(1000, client.TakeAll().Split("OK\n").Length - 1);
    }

    [Fact]
    public void A_client_that_wants_to_close_is_closed_after_its_answer()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        PipePeer upstream = kit.Upstream.Accept();
        Assert.DoesNotContain("Connection", upstream.TakeHead(), StringComparison.Ordinal);
        upstream.Send(NoContent);
        Assert.Contains("\r\nConnection: close\r\n", client.TakeHead(), StringComparison.Ordinal);
        client.ExpectEnd();
        Assert.False(upstream.Ended);
    }

    [Fact]
    public void A_client_that_goes_away_lets_its_upstream_go()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(Get);
        PipePeer upstream = kit.Upstream.Accept();
        client.Close();
        upstream.ExpectReset();
        Assert.Equal(["GET / 0 0 downstream_remote_disconnect"], kit.Log.Lines);
        Assert.Equal(0, kit.Server.OpenConnections);
    }

    [Fact]
    public void A_body_that_ends_early_never_becomes_a_whole_request()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
        PipePeer upstream = kit.Upstream.Accept();
        upstream.TakeHead();
        upstream.Expect("5\r\nhello\r\n");
        client.End();
        upstream.ExpectNothing().ExpectReset();
        Assert.Equal(0, kit.Server.OpenConnections);
    }

    [Fact]
    public void An_upstream_that_closes_is_dialed_again()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(Get);
        PipePeer upstream = kit.Upstream.Accept();
        upstream.Send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").ExpectEnd();
        Assert.DoesNotContain("Connection", client.TakeHead(), StringComparison.Ordinal);
        client.ExpectOpen().Send(Get);
        kit.Upstream.Accept().Send(NoContent);
        Assert.StartsWith("HTTP/1.1 204 ", client.TakeHead(), StringComparison.Ordinal);
    }

    [Fact]
    public void Drain_ends_idle_connections_and_says_so_in_running_answers()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer idle = kit.Connect();
        PipePeer busy = kit.Connect();
        busy.Send(Get);
        kit.Server.BeginDrain();
        idle.ExpectNothing().ExpectOpen();
        kit.Loop.Advance(1_100);
        idle.ExpectNothing().ExpectEnd();
        Assert.Equal(1, kit.Server.OpenConnections);
        kit.Upstream.Accept().Send(NoContent);
        Assert.Contains("\r\nConnection: close\r\n", busy.TakeHead(), StringComparison.Ordinal);
        busy.ExpectEnd().Close();
        // What was already in the backlog is served once.
        PipePeer late = kit.Connect();
        late.Send("GET /ping HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Contains("\r\nConnection: close\r\n", late.TakeHead(), StringComparison.Ordinal);
        late.Expect("OK\n").ExpectEnd().Close();
        Assert.Equal(0, kit.Server.OpenConnections);
    }

    [Fact]
    public void A_request_that_was_on_its_way_when_the_drain_began_is_served()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send("GET /ping HTTP/1.1\r\nHost: a\r\n\r\n").TakeAll();
        kit.Server.BeginDrain();
        kit.Loop.Advance(500);
        client.Send(Get[..10]);
        kit.Loop.Advance(2_000);
        client.Send(Get[10..]);
        kit.Loop.Advance(2_000);
        kit.Upstream.Accept().Send(NoContent);
        Assert.Contains("\r\nConnection: close\r\n", client.TakeHead(), StringComparison.Ordinal);
        client.ExpectEnd();
    }

    [Fact]
    public void What_follows_the_last_request_is_discarded_without_a_reset()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send("GET /ping HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + Get);
        Assert.EndsWith("OK\n", client.TakeAll(), StringComparison.Ordinal);
        client.Send(Get).ExpectNothing().ExpectEnd();
        Assert.Equal(1, kit.Server.OpenConnections);
        kit.Loop.Advance(1_100);
        Assert.Equal(0, kit.Server.OpenConnections);
        kit.Upstream.ExpectNoConnection();
    }

    [Fact]
    public void A_client_that_pipelines_without_end_lets_its_neighbours_in()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer neighbour = kit.Connect();
        PipePeer client = kit.Connect();
        int seen = -1;
        string ping = "GET /ping HTTP/1.1\r\nHost: a\r\n\r\n";
        kit.Loop.Post(_ => kit.Loop.Post(_ => seen = kit.Log.Lines.Count, null), null);
        client.Send(string.Concat(Enumerable.Repeat(ping, 1000)));
        Assert.InRange(seen, 0, 200);
        Assert.Equal(1000, client.TakeAll().Split("OK\n").Length - 1);
        neighbour.Send(ping);
        Assert.EndsWith("OK\n", neighbour.TakeAll(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_end_of_the_drain_cuts_what_still_runs()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(Get);
        PipePeer upstream = kit.Upstream.Accept();
        kit.Server.AbortAll();
        client.ExpectReset();
        upstream.ExpectReset();
        Assert.Equal(0, kit.Server.OpenConnections);
    }

    [Fact]
    public void A_reload_between_two_requests_of_a_connection_takes_effect_at_the_second()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(Get);
        kit.Reload(TestSnapshot.With(TestSnapshot.Route("https://other")));
        kit.Upstream.Accept().Send(NoContent);
        Assert.StartsWith("HTTP/1.1 204 ", client.TakeHead(), StringComparison.Ordinal);
        client.Send(Get);
        Assert.StartsWith("HTTP/1.1 404 ", client.TakeHead(), StringComparison.Ordinal);
    }
}
