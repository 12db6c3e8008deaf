using System.Globalization;

namespace Pomerium.Fast.Compare;

/// <summary>What a process and its children have used so far, read from /proc.</summary>
internal readonly record struct ProcessCost(double CpuMicroseconds, long MemoryKiB)
{
    private const double MicrosecondsPerTick = 10_000; // USER_HZ is 100 on every Linux that .NET runs on

    public static ProcessCost Of(int pid)
    {
        double cpu = 0;
        long memory = 0;
        foreach (int id in Tree(pid))
        {
            try
            {
                string stat = File.ReadAllText($"/proc/{id}/stat");
                string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                cpu += (Long(fields[11]) + Long(fields[12])) * MicrosecondsPerTick;
                memory += Proportional(id);
            }
            catch (IOException)
            {
                // The process ended between the listing and the read.
            }
        }
        return new ProcessCost(cpu, memory);
    }

    private static long Proportional(int id)
    {
        foreach (string line in File.ReadLines($"/proc/{id}/smaps_rollup"))
        {
            if (line.StartsWith("Pss:", StringComparison.Ordinal))
            {
                return Long(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
            }
        }
        return 0;
    }

    private static IEnumerable<int> Tree(int pid)
    {
        yield return pid;
        string children = $"/proc/{pid}/task/{pid}/children";
        if (!File.Exists(children))
        {
            yield break;
        }
        foreach (string child in File.ReadAllText(children).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (int below in Tree(int.Parse(child, CultureInfo.InvariantCulture)))
            {
                yield return below;
            }
        }
    }

    private static long Long(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
