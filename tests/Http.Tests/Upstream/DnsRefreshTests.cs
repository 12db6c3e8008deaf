using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Upstream;
using Pomerium.Fast.Kit.Proxy;

namespace Pomerium.Fast.Http.Tests.Upstream;

/// <summary>Names of upstreams are asked for again (routing 9.2), on a clock that is turned by hand.</summary>
public sealed class DnsRefreshTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ConcurrentQueue<string> _asked = new();
    private IPAddress[]? _answer;

    private Task<IPAddress[]> Lookup(string host, CancellationToken cancellation)
    {
        _asked.Enqueue(host);
        return Volatile.Read(ref _answer) is { } answer
            ? Task.FromResult(answer)
            : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));
    }

    private static ConfigSnapshot Snapshot(params string[] hosts) =>
        TestSnapshot.With([
            .. hosts.Select(
                static (h, i) =>
                    TestSnapshot.Route("https://r" + i) with
                    {
                        To = [new UpstreamUrl($"http://{h}:80", "http", h, 80, true, "", 1)],
                    }
            ),
        ]);

    /// <summary>Turns the clock until it is so; every turn lets waiting work run first.</summary>
    private async Task TurnUntilAsync(Func<bool> reached)
    {
        for (int i = 0; !reached(); i++)
        {
            Assert.True(i < 10_000, "it never came to that");
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
    }

    [Fact]
    public async Task A_name_without_address_is_asked_soon_and_one_with_addresses_now_and_then()
    {
        ConfigSnapshot snapshot = Snapshot("app.test");
        IReadOnlyList<Cluster?> clusters = await ClusterBuilder.BuildAsync(snapshot, [], 1, default, Lookup);
        Assert.True(clusters[0]!.Endpoints.IsEmpty);
        using CancellationTokenSource stop = new();
        Task running = new DnsRefresh(snapshot, clusters, Lookup, _clock).RunAsync(stop.Token);
        await TurnUntilAsync(() => _asked.Count >= 3);
        Assert.True(clusters[0]!.Endpoints.IsEmpty);
        Volatile.Write(ref _answer, [IPAddress.Parse("192.0.2.1")]);
        await TurnUntilAsync(() => !clusters[0]!.Endpoints.IsEmpty);

        int before = _asked.Count;
        DateTimeOffset at = _clock.GetUtcNow();
        Volatile.Write(ref _answer, [IPAddress.Parse("192.0.2.2"), IPAddress.Parse("192.0.2.3")]);
        await TurnUntilAsync(() => clusters[0]!.Endpoints.Endpoints.Length == 2);
        Assert.Equal(before + 1, _asked.Count);
        Assert.True(_clock.GetUtcNow() - at > TimeSpan.FromSeconds(30));

        Volatile.Write(ref _answer, null);
        int known = _asked.Count;
        await TurnUntilAsync(() => _asked.Count > known);
        Assert.Equal(2, clusters[0]!.Endpoints.Endpoints.Length);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Addresses_are_never_asked_for()
    {
        ConfigSnapshot snapshot = Snapshot("127.0.0.1", "[::1]", "app.test");
        Volatile.Write(ref _answer, [IPAddress.Parse("192.0.2.1")]);
        IReadOnlyList<Cluster?> clusters = await ClusterBuilder.BuildAsync(snapshot, [], 1, default, Lookup);
        using CancellationTokenSource stop = new();
        Task running = new DnsRefresh(snapshot, clusters, Lookup, _clock).RunAsync(stop.Token);
        await TurnUntilAsync(() => _asked.Count >= 3);
        Assert.Equal(["app.test"], _asked.Distinct());
        await stop.CancelAsync();
        await running;
    }
}
