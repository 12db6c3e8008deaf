namespace Pomerium.Fast.Http.H1;

/// <summary>
/// Whether a client takes its answer fast enough (hardening 2.3, min_read_rate), told from two looks that are a period
/// apart, so that a request costs nothing. Loop-affine.
/// </summary>
internal sealed class ReadPace(OutputWait output)
{
    public const long PeriodMs = 30_000;
    private const long BytesPerPeriodMin = 240 * PeriodMs / 1000;
    private long _taken;
    private bool _waited;

    /// <summary>Output waited at the last look and waits now, and hardly anything was taken between.</summary>
    public bool IsTooSlow()
    {
        bool waits = output.IsFlushing();
        bool slow = waits && _waited && output.Taken - _taken < BytesPerPeriodMin;
        _waited = waits;
        _taken = output.Taken;
        return slow;
    }
}
