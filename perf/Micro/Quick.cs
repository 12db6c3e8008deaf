using System.Diagnostics;
using System.Globalization;
using Pomerium.Fast.Micro.Scenes;

namespace Pomerium.Fast.Micro;

/// <summary>
/// A figure for each operation in seconds, on a machine that others use too: time is taken in slices shorter than a
/// scheduler's, and the least disturbed ones count (5th percentile and median).
/// </summary>
internal static class Quick
{
    private const int Slices = 4_000;
    private const double WarmSeconds = 4;
    private const double SliceMicroseconds = 100;

    public static void Run(string filter)
    {
        Console.WriteLine("| operation | 5th percentile ns | median ns | bytes |");
        Console.WriteLine("|---|---|---|---|");
        foreach ((string name, Func<Action> make) in Operations.All)
        {
            if (name.Contains(filter, StringComparison.OrdinalIgnoreCase))
            {
                Console.WriteLine(Measure(name, make()));
            }
        }
    }

    private static string Measure(string name, Action run)
    {
        long warmUntil = Stopwatch.GetTimestamp() + (long)(WarmSeconds * Stopwatch.Frequency);
        long runs = 0;
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetTimestamp() < warmUntil)
        {
            run();
            runs++;
        }
        double each = Stopwatch.GetElapsedTime(began).TotalMicroseconds / runs;
        int perSlice = (int)Math.Max(1, SliceMicroseconds / each);
        double[] nanoseconds = new double[Slices];
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        for (int slice = 0; slice < Slices; slice++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < perSlice; i++)
            {
                run();
            }
            nanoseconds[slice] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / perSlice;
        }
        bytes = (GC.GetAllocatedBytesForCurrentThread() - bytes) / (Slices * perSlice);
        Array.Sort(nanoseconds);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {nanoseconds[Slices / 20]:F0} | {nanoseconds[Slices / 2]:F0} | {bytes} |"
        );
    }
}
