using Pomerium.Fast.Kit.Peers;
using Pomerium.Fast.Kit.Proxy;
using Pomerium.Fast.Kit.Wire;

namespace Pomerium.Fast.Http.Tests.Proxy;

/// <summary>Bodies both ways in every framing, whole and in pieces.</summary>
public sealed class BodyTests
{
    [Wire("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "Content-Length: 5", "hello")]
    [Wire(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nT: v\r\n\r\n",
        "Transfer-Encoding: chunked",
        "5\r\nhello\r\n0\r\n\r\n"
    )]
    [Theory]
    public void A_request_body_reaches_the_upstream(WireInput request, string framing, string body)
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(request);
        PipePeer upstream = kit.Upstream.Accept();
        Assert.Contains("\r\n" + framing + "\r\n", upstream.TakeHead(), StringComparison.Ordinal);
        Assert.Equal(body, Unchunk(upstream.TakeAll(), body));
        upstream.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        Assert.Contains("\r\nContent-Length: 0\r\n", client.TakeHead(), StringComparison.Ordinal);
        client.ExpectOpen();
    }

    [Wire("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "Content-Length: 5", "hello")]
    [Wire(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked",
        "5\r\nhello\r\n0\r\n\r\n"
    )]
    [Wire(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "Content-Length: 5",
        "hello"
    )]
    [Theory]
    public void An_answer_body_reaches_the_client(WireInput answer, string framing, string body)
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        PipePeer upstream = kit.Upstream.Accept();
        upstream.TakeHead();
        upstream.Send(answer);
        Assert.Contains("\r\n" + framing + "\r\n", client.TakeHead(), StringComparison.Ordinal);
        Assert.Equal(body, Unchunk(client.TakeAll(), body));
        client.ExpectOpen();
        // The upstream connection is good for the next request.
        client.Send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("GET /2 ", upstream.TakeHead(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_that_ends_with_its_connection_is_relayed_chunked()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        PipePeer upstream = kit.Upstream.Accept();
        upstream.Send("HTTP/1.1 200 OK\r\n\r\nhello").Close();
        Assert.Contains("\r\nTransfer-Encoding: chunked\r\n", client.TakeHead(), StringComparison.Ordinal);
        client.Expect("5\r\nhello\r\n0\r\n\r\n").ExpectOpen();
    }

    [Fact]
    public void A_HEAD_answer_keeps_its_length_and_has_no_body()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        PipePeer upstream = kit.Upstream.Accept();
        upstream.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
        Assert.Contains("\r\nContent-Length: 5\r\n", client.TakeHead(), StringComparison.Ordinal);
        client.ExpectNothing().Send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        upstream.TakeHead();
        Assert.StartsWith("GET /2 ", upstream.TakeHead(), StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_behind_a_body_are_the_next_request()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nokGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        PipePeer upstream = kit.Upstream.Accept();
        Assert.StartsWith("POST / ", upstream.TakeHead(), StringComparison.Ordinal);
        upstream.Expect("ok").Send("HTTP/1.1 204 No Content\r\n\r\n");
        Assert.StartsWith("GET /2 ", upstream.TakeHead(), StringComparison.Ordinal);
        upstream.Send("HTTP/1.1 204 No Content\r\n\r\n");
        client.TakeHead();
        client.TakeHead();
        client.ExpectNothing();
    }

    [Fact]
    public void A_slow_upstream_holds_back_the_client()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeerListener slow = kit.Upstream;
        PipePeer client = kit.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n");
        PipePeer upstream = slow.Accept();
        Assert.Contains("Content-Length: 4000000", upstream.TakeHead(), StringComparison.Ordinal);
        client.Send(new byte[4_000_000]);
        Assert.Equal(4_000_000, upstream.TakeAll().Length);
        Assert.True(client.AllSent);
    }

    [Fact]
    public void A_client_that_does_not_read_holds_back_the_upstream()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect(paused: true);
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        PipePeer upstream = kit.Upstream.Accept();
        upstream.Send("HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n");
        for (int i = 0; i < 40; i++)
        {
            upstream.Send(new byte[100_000]);
        }
        Assert.False(upstream.AllSent);
        client.Resume();
        client.TakeHead();
        Assert.Equal(4_000_000, client.TakeAll().Length);
        Assert.True(upstream.AllSent);
    }

    [Fact]
    public void A_client_that_waits_is_told_to_go_on_once_the_upstream_is_there()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
        client.Expect("HTTP/1.1 100 Continue\r\n\r\n").Send("ok");
        PipePeer upstream = kit.Upstream.Accept();
        Assert.DoesNotContain("Expect", upstream.TakeHead(), StringComparison.Ordinal);
        upstream.Expect("ok");
    }

    [Fact]
    public void An_early_hint_is_passed_on()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        kit.Upstream.Accept().Send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
        client.Expect("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
    }

    [Fact]
    public void An_early_answer_spends_the_rest_of_a_short_body_and_the_connection_goes_on()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
        PipePeer upstream = kit.Upstream.Accept();
        upstream.Send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n").ExpectReset();
        Assert.StartsWith("HTTP/1.1 413 ", client.TakeHead(), StringComparison.Ordinal);
        client.Send("67890GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("GET /2 ", kit.Upstream.Accept().TakeHead(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_early_answer_to_an_endless_body_ends_the_connection()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n");
        kit.Upstream.Accept().Send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413 ", client.TakeHead(), StringComparison.Ordinal);
        kit.Loop.Advance(1100);
        client.ExpectEnd();
    }

    private static string Unchunk(string arrived, string expected)
    {
        if (!expected.EndsWith("0\r\n\r\n", StringComparison.Ordinal))
        {
            return arrived;
        }
        // How a body is cut into chunks depends on how it came; what it says does not.
        string payload = "";
        int at = 0;
        while (true)
        {
            int line = arrived.IndexOf("\r\n", at, StringComparison.Ordinal);
            int size = Convert.ToInt32(arrived[at..line], 16);
            payload += arrived.Substring(line + 2, size);
            at = line + 4 + size;
            if (size == 0)
            {
                Assert.Equal(arrived.Length, at);
                return $"{payload.Length:x}\r\n{payload}\r\n0\r\n\r\n";
            }
        }
    }

    [InlineData(64, true)]
    [InlineData(65, false)]
    [Theory]
    public void The_trailers_of_a_body_are_counted(int count, bool accepted)
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        PipePeer upstream = kit.Upstream.Accept();
        upstream.TakeHead();
        client.Send("0\r\n" + string.Concat(Enumerable.Repeat("X: y\r\n", count)) + "\r\n");
        if (accepted)
        {
            upstream.Expect("0\r\n\r\n").ExpectOpen();
        }
        else
        {
            upstream.ExpectNothing().ExpectReset();
            Assert.StartsWith("HTTP/1.1 400 ", client.TakeHead(), StringComparison.Ordinal);
        }
    }
}
