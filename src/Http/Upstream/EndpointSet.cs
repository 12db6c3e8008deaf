namespace Pomerium.Fast.Http.Upstream;

/// <summary>Endpoints with the order in which weighted round robin visits them. Immutable.</summary>
public sealed class EndpointSet
{
    private const uint ScheduleMax = 10_000;
    private readonly int[] _schedule;

    public EndpointSet(IReadOnlyList<(Endpoint Endpoint, uint Weight)> endpoints)
    {
        Endpoints = [.. endpoints.Select(static e => e.Endpoint)];
        _schedule = Smooth([.. endpoints.Select(static e => e.Weight)]);
    }

    public static EndpointSet Empty { get; } = new([]);

    public Endpoint[] Endpoints { get; }
    public bool IsEmpty => Endpoints.Length == 0;

    /// <summary>The same addresses in any order: replacing one by the other would only lose connections.</summary>
    public bool HasSameAddresses(EndpointSet other) =>
        Endpoints.Length == other.Endpoints.Length
        && Endpoints.All(e => other.Endpoints.Any(o => o.Dial.EndPoint.Equals(e.Dial.EndPoint)));

    /// <summary>The endpoint of this turn, passing over dead ones while another works; null when there is none.</summary>
    /// <param name="turn">The caller's counter; each loop has its own.</param>
    public Endpoint? Pick(ref uint turn, long nowMs)
    {
        if (_schedule.Length == 0)
        {
            return null;
        }
        for (int i = 0; i < _schedule.Length; i++)
        {
            Endpoint candidate = Endpoints[_schedule[turn++ % (uint)_schedule.Length]];
            if (!candidate.IsDown || candidate.TryClaimProbe(nowMs))
            {
                return candidate;
            }
        }
        // All are down: better a try than a refusal.
        return Endpoints[_schedule[turn++ % (uint)_schedule.Length]];
    }

    /// <summary>Smooth weighted round robin, unrolled: heavy endpoints are spread over the cycle, not bunched.</summary>
    private static int[] Smooth(uint[] weights)
    {
        if (weights.Length == 0)
        {
            return [];
        }
        uint divisor = weights.Aggregate(Gcd);
        ulong total = weights.Aggregate(0UL, (sum, w) => sum + (w / divisor));
        double scale = total > ScheduleMax ? (double)ScheduleMax / total : 1;
        long[] steps = [.. weights.Select(w => Math.Max(1, (long)(w / divisor * scale)))];
        long sum = steps.Sum();
        long[] current = new long[steps.Length];
        int[] schedule = new int[sum];
        for (int i = 0; i < schedule.Length; i++)
        {
            int best = 0;
            for (int e = 0; e < steps.Length; e++)
            {
                current[e] += steps[e];
                best = current[e] > current[best] ? e : best;
            }
            current[best] -= sum;
            schedule[i] = best;
        }
        return schedule;
    }

    private static uint Gcd(uint a, uint b) => b == 0 ? a : Gcd(b, a % b);
}
