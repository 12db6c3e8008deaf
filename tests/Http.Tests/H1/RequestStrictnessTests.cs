using Pomerium.Fast.Kit.Peers;
using Pomerium.Fast.Kit.Proxy;
using Pomerium.Fast.Kit.Wire;

namespace Pomerium.Fast.Http.Tests.H1;

/// <summary>The tables of hardening 3.1 to 3.3, both spaces: what must pass, and what must be refused with which status.</summary>
public sealed class RequestStrictnessTests
{
    // 3.1 lines and fields
    [InlineData(400, "GET / HTTP/1.1\nHost: a\n\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\nX: y\rz\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\nX: y\0z\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\nX: y\u0001z\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\nX: y\u007fz\r\n\r\n")]
    [InlineData(400, "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\n: y\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\nX(: y\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\nX_Y: y\r\n\r\n")]
    [InlineData(400, "G(T / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET /  HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET /\tHTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, " GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(426, "GET / HTTP/1.0\r\nHost: a\r\n\r\n")]
    [InlineData(426, "GET / HTTP/0.9\r\nHost: a\r\n\r\n")]
    [InlineData(426, "GET /\r\n\r\n")]
    [InlineData(505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n")]
    [InlineData(505, "GET / HTTP/1.2\r\nHost: a\r\n\r\n")]
    [InlineData(505, "GET / HTTP/3.0\r\nHost: a\r\n\r\n")]
    [InlineData(505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData(400, "GET / http/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.10\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET / HTTP/01.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1,1\r\nHost: a\r\n\r\n")]
    // 3.2 target and host
    [InlineData(400, "GET / HTTP/1.1\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a:x\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a:\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost:\r\n\r\n")]
    [InlineData(400, "GET / HTTP/1.1\r\nHost: a\u00e4\r\n\r\n")]
    [InlineData(400, "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET http://a/ HTTP/1.1\r\n\r\n")]
    [InlineData(400, "GET a:443 HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET x HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET /a\"b HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET /a<b HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET /a{b} HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET /a|b HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET /a^b HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET /a`b HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET /\u00e4 HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET /x#/../admin HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET /% HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET /a%2fb HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "GET /a%5Cb HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData(400, "CONNECT a:443 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")]
    [InlineData(400, "CONNECT /x HTTP/1.1\r\nHost: a\r\n\r\n")]
    // 3.3 framing
    [InlineData(400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG")]
    [InlineData(400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nG")]
    [InlineData(400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n")]
    [InlineData(400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData(400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n")]
    [InlineData(400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n")]
    [InlineData(400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;q=1\r\n\r\n")]
    [InlineData(400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n")]
    [InlineData(400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked,\r\n\r\n")]
    [InlineData(400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \u000bchunked\r\n\r\n")]
    [InlineData(501, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")]
    [InlineData(501, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x-custom\r\n\r\n")]
    [InlineData(400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData(400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2, 2\r\n\r\nok")]
    [InlineData(400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\nok")]
    [InlineData(400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 2\r\n\r\nok")]
    [InlineData(400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x2\r\n\r\nok")]
    [InlineData(400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\nok")]
    [InlineData(400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 00000000000000000002\r\n\r\nok")]
    [InlineData(400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775808\r\n\r\nok")]
    [InlineData(417, "POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData(403, "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")]
    [Theory]
    public void What_must_not_pass_is_refused_and_the_connection_ends(int status, string request)
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(request + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
        string head = client.TakeHead();
        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1", client.TakeAll(), StringComparison.Ordinal);
        kit.Loop.Advance(1_100);
        client.ExpectEnd();
        kit.Upstream.ExpectNoConnection();
        Assert.Single(kit.Log.Lines);
        Assert.Equal(0, kit.Server.OpenConnections);
    }

    [InlineData("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1")]
    [InlineData("get / HTTP/1.1\r\nHost: a\r\n\r\n", "get / HTTP/1.1")]
    [InlineData(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF / HTTP/1.1\r\nHost: a\r\n\r\n",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF / HTTP/1.1"
    )]
    [InlineData("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", "TRACE / HTTP/1.1")]
    [InlineData("GET http://a/x?y HTTP/1.1\r\nHost: other\r\n\r\n", "GET /x?y HTTP/1.1")]
    [InlineData("GET https://a HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1")]
    [InlineData("GET /x HTTP/1.1\r\nHost: A:65535\r\n\r\n", "GET /x HTTP/1.1")]
    [InlineData("GET /%252e?a=%2f%5c HTTP/1.1\r\nHost: a\r\n\r\n", "GET /%252e?a=%2f%5c HTTP/1.1")]
    [InlineData("GET /x HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n", "GET /x HTTP/1.1")]
    [InlineData("GET /x HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n", "GET /x HTTP/1.1")]
    [InlineData("GET /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0000000000000000000\r\n\r\n", "GET /x HTTP/1.1")]
    [InlineData("GET /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", "GET /x HTTP/1.1")]
    [Theory]
    public void What_must_pass_passes(string request, string line)
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(request);
        string head = kit.Upstream.Accept().TakeHead();
        Assert.StartsWith(line + "\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain("Upgrade", head, StringComparison.OrdinalIgnoreCase);
        client.ExpectNothing();
    }

    [Wire("GET /x HTTP/1.1\r\nHost: a\r\nX:  y \t\r\nZ:\u00ff\u0080\tq\r\nContent-Length: 0002\r\n\r\nok")]
    [Theory]
    public void Values_are_trimmed_and_lengths_written_canonically_however_the_head_is_cut(WireInput request)
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(request);
        PipePeer upstream = kit.Upstream.Accept();
        string head = upstream.TakeHead();
        Assert.Contains("\r\nX: y\r\nZ: \u00ff\u0080\tq\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Length: 2\r\n", head, StringComparison.Ordinal);
        upstream.Expect("ok");
    }

    [InlineData(1000, 200)]
    [InlineData(1001, 431)]
    [Theory]
    public void Header_count_is_bounded(int count, int status)
    {
        string fields = string.Concat(Enumerable.Range(0, count - 1).Select(static i => $"H{i}: x\r\n"));
        Assert.Equal(status, StatusOf($"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n"));
    }

    [InlineData(256, 200)]
    [InlineData(257, 431)]
    [Theory]
    public void Header_name_length_is_bounded(int length, int status) =>
        Assert.Equal(status, StatusOf($"GET / HTTP/1.1\r\nHost: a\r\n{new string('x', length)}: y\r\n\r\n"));

    [InlineData(128 * 1024, 200)]
    [InlineData((128 * 1024) + 1, 431)]
    [Theory]
    public void Head_size_is_bounded(int size, int status)
    {
        string head = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n";
        Assert.Equal(status, StatusOf(head.Insert(head.Length - 4, new string('x', size - head.Length))));
    }

    [InlineData(16 * 1024, 200)]
    [InlineData((16 * 1024) + 1, 414)]
    [Theory]
    public void Target_length_is_bounded(int size, int status) =>
        Assert.Equal(status, StatusOf($"GET /{new string('x', size - 1)} HTTP/1.1\r\nHost: a\r\n\r\n"));

    [Fact]
    public void An_endless_request_line_is_refused_before_it_ends() =>
        Assert.Equal(414, StatusOf("GET /" + new string('x', 20 * 1024)));

    [Fact]
    public void An_endless_head_is_refused_before_it_ends() =>
        Assert.Equal(431, StatusOf("GET / HTTP/1.1\r\nX: " + new string('x', 140 * 1024)));

    [Fact]
    public void A_TLS_hello_on_a_plain_listener_is_closed_without_an_answer()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send("\u0016\u0003\u0001\0\u00f0\r\n\r\n");
        client.ExpectNothing().ExpectEnd();
    }

    private static int StatusOf(string request)
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send(request);
        if (kit.Upstream.Count > 0)
        {
            kit.Upstream.Accept().Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        }
        return int.Parse(client.TakeHead().AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);
    }
}
