using Pomerium.Fast.Kit.Peers;
using Pomerium.Fast.Kit.Proxy;
using Pomerium.Fast.Kit.Wire;

namespace Pomerium.Fast.Http.Tests.Attacks;

/// <summary>
/// Request smuggling (hardening 16): whatever the attacker sends, in whatever pieces, the upstream sees exactly one
/// request or none, and the request that he planted never arrives.
/// </summary>
public sealed class SmugglingTests
{
    private const string Planted = "GET /planted HTTP/1.1\r\nHost: a\r\n\r\n";

    [Wire("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG")]
    [Wire("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n")]
    [Wire("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [Wire("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n")]
    [Wire("POST / HTTP/1.1\r\nHost: a\r\nX: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [Wire("POST / HTTP/1.1\r\nHost: a\r\nX: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [Wire("POST / HTTP/1.1\r\nHost: a\r\nX: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [Wire("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 30\r\n\r\n")]
    [Wire("POST / HTTP/1.1\r\nHost: a\r\n: x\r\nContent-Length: 5\r\n\r\n")]
    [Theory]
    public void A_head_that_two_parsers_could_read_differently_reaches_no_upstream(WireInput attack)
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect().Send(attack).Send(Planted);
        Assert.Matches("^HTTP/1.1 (400|501) ", client.TakeHead());
        Assert.DoesNotContain("HTTP/1.1", client.TakeAll(), StringComparison.Ordinal);
        kit.Upstream.ExpectNoConnection();
    }

    // Every place of the chunk grammar where an LF, a CR or a blank could be read leniently.
    [Wire("2;\nxx\r\nok\r\n0\r\n\r\n")]
    [Wire("2\nok\r\n0\r\n\r\n")]
    [Wire("2 \r\nok\r\n0\r\n\r\n")]
    [Wire(" 2\r\nok\r\n0\r\n\r\n")]
    [Wire("2\r\nok\n0\r\n\r\n")]
    [Wire("2\r\nok\r0\r\n\r\n")]
    [Wire("2\r\nokxx0\r\n\r\n")]
    [Wire("2\r\nok\r\n0\n\r\n")]
    [Wire("2\r\nok\r\n0\r\n\n")]
    [Wire("2;a=\rb\r\nok\r\n0\r\n\r\n")]
    [Wire("2;a=\0b\r\nok\r\n0\r\n\r\n")]
    [Wire("+2\r\nok\r\n0\r\n\r\n")]
    [Wire("0x2\r\nok\r\n0\r\n\r\n")]
    [Wire("\r\nok\r\n0\r\n\r\n")]
    [Wire("0000000000000002\r\nok\r\n0\r\n\r\n")]
    [Wire("fffffffffffffffff\r\nok\r\n0\r\n\r\n")]
    [Wire("2\r\nok\r\n0\r\nBad Trailer: x\r\n\r\n")]
    [Wire("2\r\nok\r\n0\r\nX\r\n\r\n")]
    [Theory]
    public void A_body_that_two_parsers_could_read_differently_never_becomes_a_whole_request(WireInput body)
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect().Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        PipePeer upstream = kit.Upstream.Accept();
        upstream.TakeHead();
        client.Send(body).Send(Planted);
        string seen = upstream.TakeAll();
        Assert.DoesNotContain("0\r\n\r\n", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("planted", seen, StringComparison.Ordinal);
        upstream.ExpectReset();
        Assert.StartsWith("HTTP/1.1 400 ", client.TakeHead(), StringComparison.Ordinal);
        kit.Upstream.ExpectNoConnection();
    }

    [Fact]
    public void A_request_that_is_planted_in_a_body_stays_a_body()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect()
            .Send($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {Planted.Length}\r\n\r\n{Planted}");
        PipePeer upstream = kit.Upstream.Accept();
        upstream.TakeHead();
        upstream.Expect(Planted).Send("HTTP/1.1 204 No Content\r\n\r\n");
        client.TakeHead();
        upstream.ExpectNothing();
    }

    [Fact]
    public void Chunk_extensions_are_bounded_and_not_forwarded()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect().Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        PipePeer upstream = kit.Upstream.Accept();
        upstream.TakeHead();
        for (int i = 0; i < 5; i++)
        {
            client.Send($"1;{new string('x', 1000)}\r\no\r\n");
        }
        Assert.DoesNotContain("x", upstream.TakeAll(), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400 ", client.TakeHead(), StringComparison.Ordinal);
    }

    [Fact]
    public void Trailers_are_not_forwarded()
    {
        ProxyKit kit = ProxyKit.Plain();
        kit.Connect()
            .Send(
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: Cookie\r\n\r\n"
                    + "2\r\nok\r\n0\r\nCookie: admin\r\nX-Pomerium-Jwt-Assertion: forged\r\nContent-Length: 3\r\n\r\n"
            );
        PipePeer upstream = kit.Upstream.Accept();
        upstream.TakeHead();
        upstream.Expect("2\r\nok\r\n0\r\n\r\n");
    }
}
