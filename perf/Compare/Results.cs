namespace Pomerium.Fast.Compare;

/// <summary>Figures of one scenario, printed as a Markdown table: median and range over the rounds.</summary>
internal sealed class Results(string scenario, CompareOptions options, string[] peers)
{
    private const string Ours = "ours";
    private readonly Dictionary<string, List<Measurement>> _byPeer = peers.ToDictionary(
        static p => p,
        static _ => new List<Measurement>(),
        StringComparer.Ordinal
    );

    public void Add(string peer, Measurement measurement) => _byPeer[peer].Add(measurement);

    public void Print()
    {
        Console.WriteLine();
        Console.WriteLine(
            $"### {scenario}: {options.Connections} connections, {options.Rounds} rounds of {options.Seconds} s, one thread each"
        );
        Console.WriteLine();
        Console.WriteLine(
            "| peer | CPU µs/request (range) | ours costs, of this peer's | requests/s | p50 ms | p99 ms | memory MiB (PSS) |"
        );
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (string peer in peers)
        {
            List<Measurement> all = _byPeer[peer];
            Console.WriteLine(
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"| {peer} | {Median(all, static m => m.Cpu):F1} ({all.Min(static m => m.Cpu):F1}–{all.Max(static m => m.Cpu):F1}) | {Share(peer)} | {Median(all, static m => m.Load.PerSecond):F0} | {Median(all, static m => m.Load.P50Ms):F2} | {Median(all, static m => m.Load.P99Ms):F2} | {Median(all, static m => m.MemoryKiB / 1024.0):F0} |"
                )
            );
        }
    }

    /// <summary>Round by round, so that what slows the whole machine for a while cancels out; then the median and its range.</summary>
    private string Share(string peer)
    {
        if (
            string.Equals(peer, Ours, StringComparison.Ordinal)
            || !_byPeer.TryGetValue(Ours, out List<Measurement>? ours)
        )
        {
            return "";
        }
        List<double> shares = [.. ours.Zip(_byPeer[peer], static (we, they) => we.Cpu / they.Cpu)];
        return string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{Median(shares, static s => s):P0} ({shares.Min():P0}–{shares.Max():P0})"
        );
    }

    private static double Median<T>(List<T> all, Func<T, double> of)
    {
        double[] sorted = [.. all.Select(of).Order()];
        return sorted.Length % 2 == 1
            ? sorted[sorted.Length / 2]
            : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
