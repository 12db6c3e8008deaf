using System.Net;
using Pomerium.Fast.Http.Upstream;
using Pomerium.Fast.Kit.Peers;
using Pomerium.Fast.Kit.Proxy;
using Pomerium.Fast.Transport;

namespace Pomerium.Fast.Http.Tests.Upstream;

/// <summary>Weighted round robin, dead endpoints (hardening 14), and the pools.</summary>
public sealed class EndpointSetTests
{
    [InlineData(new uint[] { 1, 1, 1 }, "012012")]
    [InlineData(new uint[] { 2, 1 }, "010010")]
    [InlineData(new uint[] { 3, 1 }, "00100010")]
    [InlineData(new uint[] { 10, 10 }, "0101")]
    [Theory]
    public void Weights_spread_over_the_cycle(uint[] weights, string order)
    {
        EndpointSet set = Set(weights);
        uint turn = 0;
        Assert.Equal(order, string.Concat(order.Select(_ => Array.IndexOf(set.Endpoints, set.Pick(ref turn, 0)))));
    }

    [Fact]
    public void A_dead_endpoint_costs_one_probe_a_second_while_another_works()
    {
        EndpointSet set = Set(1, 1);
        uint turn = 0;
        set.Endpoints[0].NoteDial(ok: false, nowMs: 10_000);
        for (int i = 0; i < 10; i++)
        {
            Assert.Same(set.Endpoints[1], set.Pick(ref turn, 10_500));
        }
        int probes = Enumerable.Range(0, 10).Count(_ => set.Pick(ref turn, 11_000) == set.Endpoints[0]);
        Assert.Equal(1, probes);
        set.Endpoints[0].NoteDial(ok: true, nowMs: 11_100);
        Assert.Equal(5, Enumerable.Range(0, 10).Count(_ => set.Pick(ref turn, 11_100) == set.Endpoints[0]));
    }

    [Fact]
    public void When_all_are_dead_one_is_tried_all_the_same()
    {
        EndpointSet set = Set(1);
        uint turn = 0;
        set.Endpoints[0].NoteDial(ok: false, nowMs: 0);
        Assert.NotNull(set.Pick(ref turn, 1));
        Assert.Null(EndpointSet.Empty.Pick(ref turn, 1));
    }

    [Fact]
    public void The_same_addresses_in_another_order_are_the_same()
    {
        Assert.True(Set(1, 1).HasSameAddresses(Set(1, 1)));
        Assert.False(Set(1, 1).HasSameAddresses(Set(1)));
    }

    [Fact]
    public void An_idle_upstream_connection_ends_after_a_minute()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer client = kit.Connect().Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        PipePeer upstream = kit.Upstream.Accept();
        upstream.Send("HTTP/1.1 204 No Content\r\n\r\n");
        client.TakeHead();
        kit.Loop.Advance(59_000);
        upstream.ExpectOpen();
        kit.Loop.Advance(12_000);
        upstream.ExpectEnd();
    }

    [Fact]
    public void Parallel_requests_open_connections_of_their_own_and_share_them_later()
    {
        ProxyKit kit = ProxyKit.Plain();
        PipePeer[] clients =
        [
            .. Enumerable.Range(0, 3).Select(_ => kit.Connect().Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")),
        ];
        Assert.Equal(3, kit.Upstream.Count);
        for (int i = 0; i < 3; i++)
        {
            kit.Upstream.Accept().Send("HTTP/1.1 204 No Content\r\n\r\n");
        }
        foreach (PipePeer client in clients)
        {
            client.TakeHead();
            client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        Assert.Equal(3, kit.Upstream.Count);
    }

    private static EndpointSet Set(params uint[] weights) =>
        new([
            .. weights.Select(
                static (w, i) =>
                    (new Endpoint(new DialOptions { EndPoint = new IPEndPoint(IPAddress.Loopback, 1 + i) }, "h"), w)
            ),
        ]);
}
