using Pomerium.Fast.Kit.Peers;
using Pomerium.Fast.Kit.Proxy;

namespace Pomerium.Fast.Http.Tests.Proxy;

/// <summary>One exchange through the whole engine, head and body as the upstream and the client see them.</summary>
public sealed class ForwardingTests
{
    private const string Common = "Date: Tue, 01 Jan 2030 00:00:00 GMT\r\nServer: pomerium\r\nX-Request-Id: r1\r\n";
    private const string Forwarded =
        "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: a\r\nX-Request-Id: r1\r\n";

    [Fact]
    public void A_request_and_its_answer_pass()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send("GET /x?y=1 HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nX-Request-Id: r1\r\n\r\n");
        PipePeer upstream = kit.Upstream.Accept();
        upstream.Expect("GET /x?y=1 HTTP/1.1\r\nHost: up\r\nAccept: */*\r\n" + Forwarded + "\r\n");
        upstream.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello");
        client.Expect("HTTP/1.1 200 OK\r\nX-A: b\r\n" + Common + "Content-Length: 5\r\n\r\nhello").ExpectOpen();
        Assert.Equal(["GET /x 200 5 via_upstream"], kit.Log.Lines);
    }

    [Fact]
    public void Two_requests_share_both_connections()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect();
        client.Send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
        PipePeer upstream = kit.Upstream.Accept();
        Assert.StartsWith("GET /1 ", upstream.TakeHead(), StringComparison.Ordinal);
        upstream.Send("HTTP/1.1 204 No Content\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 204 No Content\r\n", client.TakeHead(), StringComparison.Ordinal);
        client.Send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("GET /2 ", upstream.TakeHead(), StringComparison.Ordinal);
        upstream.Send("HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 304 Not Modified\r\n", client.TakeHead(), StringComparison.Ordinal);
        Assert.Equal(1, kit.Upstream.Count);
    }
}
