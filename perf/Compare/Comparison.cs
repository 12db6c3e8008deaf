using Pomerium.Fast.Parts;

namespace Pomerium.Fast.Compare;

/// <summary>
/// Runs each scenario: all peers up, a warm-up each, then alternating rounds, so that a machine that drifts drifts
/// for all of them.
/// </summary>
internal static class Comparison
{
    // The runtime recompiles hot methods at first; on a busy machine that is a matter of work done and not of time.
    private const double WarmUpSeconds = 2;
    private const int WarmUpTimesMax = 10;
    private const long WarmUpRequests = 100_000;

    public static async Task<int> RunAsync(CompareOptions options)
    {
        using Workplace place = new();
        using Peer upstream = await Peers.NginxUpstreamAsync(place);
        foreach (string scenario in options.Scenarios)
        {
            await ScenarioAsync(scenario, options, place, upstream.Port);
        }
        return 0;
    }

    private static async Task ScenarioAsync(string scenario, CompareOptions options, Workplace place, int upstream)
    {
        bool tls = scenario is "tls" or "auth";
        bool auth = scenario is "auth";
        int[] ports = [.. Enumerable.Range(0, 4).Select(static _ => Workplace.FreePort())];
        using OidcProvider? provider = auth ? await OurPeer.ProviderAsync(ports) : null;
        List<Peer> peers = [];
        try
        {
            foreach (string name in options.Peers)
            {
                await AddAsync(peers, name, options, place, upstream, tls, provider, ports);
            }
            Results results = new(scenario, options, [.. peers.Select(static p => p.Name)]);
            foreach (Peer peer in peers)
            {
                Console.Error.WriteLine($"{scenario}: {peer.Name} on port {peer.Port} warms up");
                await WarmUpAsync(peer, tls, options.Connections);
            }
            for (int round = 0; round < options.Rounds; round++)
            {
                foreach (Peer peer in peers)
                {
                    results.Add(peer.Name, await MeasureAsync(peer, tls, options));
                }
            }
            results.Print();
        }
        finally
        {
            peers.ForEach(static p => p.Dispose());
        }
    }

    private static async Task AddAsync(
        List<Peer> peers,
        string name,
        CompareOptions options,
        Workplace place,
        int upstream,
        bool tls,
        OidcProvider? provider,
        int[] ports
    )
    {
        bool auth = provider is not null;
        switch (name)
        {
            case "ours":
                peers.Add(await OurPeer.StartAsync("ours", options.Server, place, upstream, tls, provider, ports[0]));
                if (auth)
                {
                    // The same work without the check: what authentication costs is the difference.
                    peers.Add(
                        await OurPeer.StartAsync("ours, public", options.Server, place, upstream, tls, null, ports[1])
                    );
                }
                break;
            case "native" when File.Exists(options.Native):
                peers.Add(
                    await OurPeer.StartAsync("ours, native", options.Native, place, upstream, tls, provider, ports[2])
                );
                break;
            case "haproxy":
                peers.Add(await Peers.HaproxyAsync(place, upstream, tls, auth));
                if (auth)
                {
                    peers.Add(
                        (await Peers.HaproxyAsync(place, upstream, tls, auth: false)) with
                        {
                            Name = "haproxy, public",
                        }
                    );
                }
                break;
            case "nginx" when !auth:
                peers.Add(await Peers.NginxAsync(place, upstream, tls));
                break;
            case "yarp":
                peers.Add(await Peers.YarpAsync(place, upstream, tls, auth));
                break;
            default:
                break;
        }
    }

    private static async Task WarmUpAsync(Peer peer, bool tls, int connections)
    {
        long requests = 0;
        for (int i = 0; i < WarmUpTimesMax && requests < WarmUpRequests; i++)
        {
            requests += (await LoadAsync(peer, tls, connections, WarmUpSeconds)).Requests;
        }
    }

    private static async Task<Measurement> MeasureAsync(Peer peer, bool tls, CompareOptions options)
    {
        ProcessCost before = ProcessCost.Of(peer.Process.Id);
        Wrk load = await LoadAsync(peer, tls, options.Connections, options.Seconds);
        ProcessCost after = ProcessCost.Of(peer.Process.Id);
        return new Measurement((after.CpuMicroseconds - before.CpuMicroseconds) / load.Requests, load, after.MemoryKiB);
    }

    private static Task<Wrk> LoadAsync(Peer peer, bool tls, int connections, double seconds) =>
        Wrk.RunAsync(
            new Uri($"{(tls ? "https" : "http")}://127.0.0.1:{peer.Port}/"),
            peer.Name.StartsWith("ours", StringComparison.Ordinal) && tls
                ? $"{Workplace.Host}:{peer.Port}"
                : Workplace.Host,
            peer.AuthHeader,
            connections,
            seconds
        );
}

/// <param name="Cpu">User and system time of the whole process tree, µs per request.</param>
internal sealed record Measurement(double Cpu, Wrk Load, long MemoryKiB);
