namespace Pomerium.Fast.Auth.Identity;

/// <summary>
/// The assertion of one user for one audience, always at hand: signed when first asked for, then renewed by the thread
/// pool before its use ends, so that requests of an active user never wait for a signature. Used by one loop.
/// </summary>
internal sealed class AssertionSlot(IdentityPlan plan, AssertionFacts facts, AudienceKey audience) : IThreadPoolWorkItem
{
    private Assertion? _current;
    private long _renewAtMs;
    private int _renewing;

    public AudienceKey Audience => audience;

    /// <summary>Null when it must be signed first: <see cref="Sign"/>.</summary>
    public Assertion? At(long unixMs)
    {
        Assertion? current = Volatile.Read(ref _current);
        if (current is null || unixMs >= current.UseUntilMs)
        {
            return null;
        }
        if (unixMs >= current.RenewFromMs && Interlocked.Exchange(ref _renewing, 1) == 0)
        {
            _renewAtMs = unixMs;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        return current;
    }

    public Assertion Sign(long unixMs)
    {
        Assertion made = Assertion.Make(plan, facts, audience, unixMs);
        Volatile.Write(ref _current, made);
        return made;
    }

    void IThreadPoolWorkItem.Execute()
    {
        Sign(_renewAtMs);
        Volatile.Write(ref _renewing, 0);
    }
}
