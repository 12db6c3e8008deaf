using Pomerium.Fast.Kit.Peers;
using Pomerium.Fast.Kit.Proxy;

namespace Pomerium.Fast.Http.Tests.Proxy;

/// <summary>What a client sees when its upstream fails: an answer of ours or a broken connection, never a wrong whole answer.</summary>
public sealed class UpstreamFailureTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n";

    // Hardening 4: 502, and the upstream connection is closed.
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("HTTP/2.0 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 099 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 0\n\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA : b\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA: b\u0001c\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")]
    [Theory]
    public void A_malformed_answer_is_502(string answer)
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(Get);
        PipePeer upstream = kit.Upstream.Accept();
        upstream.Send(answer).ExpectReset();
        Assert.StartsWith("HTTP/1.1 502 Bad Gateway\r\n", client.TakeHead(), StringComparison.Ordinal);
        Assert.Contains(
            "\"statusText\": \"upstream_reset_before_response_started{protocol_error}\"",
            client.TakeAll(),
            StringComparison.Ordinal
        );
        client.ExpectOpen();
    }

    [Fact]
    public void An_endless_row_of_informational_answers_is_502()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(Get);
        PipePeer upstream = kit.Upstream.Accept();
        upstream.Send(string.Concat(Enumerable.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 16)));
        client.ExpectNothing();
        upstream.Send("HTTP/1.1 100 Continue\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 502 ", client.TakeHead(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_head_above_the_limit_is_502()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(Get);
        PipePeer upstream = kit.Upstream.Accept();
        string fields = string.Concat(Enumerable.Range(0, 300).Select(static i => $"H{i}: {new string('x', 500)}\r\n"));
        upstream.Send("HTTP/1.1 200 OK\r\n" + fields + "\r\n");
        Assert.StartsWith("HTTP/1.1 502 ", client.TakeHead(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_close_before_any_byte_is_503()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(Get);
        kit.Upstream.Accept().Close();
        Assert.StartsWith("HTTP/1.1 503 ", client.TakeHead(), StringComparison.Ordinal);
        Assert.Contains("{connection_termination}", client.TakeAll(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_reset_before_any_byte_is_503()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(Get);
        kit.Upstream.Accept().Reset();
        Assert.StartsWith("HTTP/1.1 503 ", client.TakeHead(), StringComparison.Ordinal);
        Assert.Contains("{remote_reset}", client.TakeAll(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_connection_is_503()
    {
        ProxyKit kit = ProxyKit.Plain();
        kit.Upstream.Close();
        PipePeer client = kit.Connect();
        client.Send(Get);
        Assert.StartsWith("HTTP/1.1 503 ", client.TakeHead(), StringComparison.Ordinal);
        Assert.Equal(
            [
                "GET / 503 "
                    + client.TakeAll().Length
                    + " upstream_reset_before_response_started{remote_connection_failure}",
            ],
            kit.Log.Lines
        );
    }

    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", "hello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "5\r\nhello\r\n")]
    [Theory]
    public void An_upstream_that_dies_in_its_answer_breaks_the_clients_connection(string answer, string arrived)
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(Get);
        PipePeer upstream = kit.Upstream.Accept();
        upstream.Send(answer);
        client.TakeHead();
        client.Expect(arrived);
        upstream.Close();
        client.ExpectNothing().ExpectReset();
        Assert.EndsWith(
            "upstream_reset_after_response_started{connection_termination}",
            kit.Log.Lines[0],
            StringComparison.Ordinal
        );
    }

    [InlineData("zz\r\nhello\r\n0\r\n\r\n")]
    [InlineData("5\r\nhelloX\r\n0\r\n\r\n")]
    [InlineData("5\nhello\r\n0\r\n\r\n")]
    [InlineData("-5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("0x5\r\nhello\r\n0\r\n\r\n")]
    [Theory]
    public void A_broken_chunk_never_ends_cleanly(string body)
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(Get);
        PipePeer upstream = kit.Upstream.Accept();
        upstream.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body).ExpectReset();
        Assert.DoesNotContain("\r\n0\r\n\r\n", client.TakeAll(), StringComparison.Ordinal);
        client.ExpectReset();
    }

    [Fact]
    public void A_reset_does_not_end_a_body_that_its_connection_delimits()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(Get);
        PipePeer upstream = kit.Upstream.Accept();
        upstream.Send("HTTP/1.1 200 OK\r\n\r\nhello");
        client.TakeHead();
        client.Expect("5\r\nhello\r\n");
        upstream.Reset();
        client.ExpectNothing().ExpectReset();
    }

    [Fact]
    public void Surplus_bytes_behind_an_answer_reach_nobody()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(Get);
        PipePeer upstream = kit.Upstream.Accept();
        upstream.Send("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
        client.TakeHead();
        client.ExpectNothing().Send(Get);
        Assert.StartsWith("GET / ", kit.Upstream.Accept().TakeHead(), StringComparison.Ordinal);
        Assert.True(upstream.Ended);
    }

    [Fact]
    public void Bytes_on_an_idle_connection_reach_nobody()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(Get);
        PipePeer upstream = kit.Upstream.Accept();
        upstream.Send("HTTP/1.1 204 No Content\r\n\r\n");
        client.TakeHead();
        upstream.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
        Assert.True(upstream.Ended);
        client.Send(Get);
        kit.Upstream.Accept();
        client.ExpectNothing();
    }

    [InlineData("GET", "", true)]
    [InlineData("HEAD", "", true)]
    [InlineData("OPTIONS", "", true)]
    [InlineData("POST", "", false)]
    [InlineData("DELETE", "", false)]
    [InlineData("GET", "Content-Length: 2\r\n", false)]
    [Theory]
    public void Only_a_safe_request_without_a_body_is_asked_again_when_a_pooled_connection_dies(
        string method,
        string framing,
        bool again
    )
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(Get);
        PipePeer upstream = kit.Upstream.Accept();
        upstream.TakeHead();
        upstream.Send("HTTP/1.1 204 No Content\r\n\r\n");
        client.TakeHead();
        client.Send($"{method} /2 HTTP/1.1\r\nHost: a\r\n{framing}\r\n{(framing.Length > 0 ? "ok" : "")}");
        upstream.TakeHead();
        upstream.Close();
        if (again)
        {
            Assert.StartsWith(method + " /2 ", kit.Upstream.Accept().TakeHead(), StringComparison.Ordinal);
            client.ExpectNothing();
        }
        else
        {
            kit.Upstream.ExpectNoConnection();
            Assert.StartsWith("HTTP/1.1 503 ", client.TakeHead(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_request_is_asked_again_only_once()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(Get);
        PipePeer upstream = kit.Upstream.Accept();
        upstream.Send("HTTP/1.1 204 No Content\r\n\r\n");
        client.TakeHead();
        client.Send(Get);
        upstream.Close();
        kit.Upstream.Accept().Close();
        Assert.StartsWith("HTTP/1.1 503 ", client.TakeHead(), StringComparison.Ordinal);
        kit.Upstream.ExpectNoConnection();
    }
}
