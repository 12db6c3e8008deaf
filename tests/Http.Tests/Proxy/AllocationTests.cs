using Pomerium.Fast.Kit.Proxy;

namespace Pomerium.Fast.Http.Tests.Proxy;

/// <summary>The promise of the hot path: an exchange in the steady state allocates nothing, whatever its bodies.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 1000;

    [InlineData(
        "GET /x?y HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
    )]
    [InlineData(
        "GET /x HTTP/1.1\r\nHost: a\r\nCookie: b=c; _pomerium=x\r\nConnection: keep-alive\r\nUser-Agent: t\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nSet-Cookie: a=b\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    )]
    [InlineData(
        "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n"
    )]
    [Theory]
    public void A_proxied_exchange_allocates_nothing(string request, string answer)
    {
        using ExchangeWire wire = new(request, answer);
        Run(wire, 200); // pools, buffers and pipes grow to their size
        // The background jit and the test host may allocate on this thread only in between; the least of a few runs counts.
        long least = long.MaxValue;
        for (int i = 0; i < 3 && least > 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Run(wire, Rounds);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
        Assert.Equal(1, wire.UpstreamConnections);
    }

    private static void Run(ExchangeWire wire, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            wire.Run();
        }
    }
}
