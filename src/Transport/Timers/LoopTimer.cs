namespace Pomerium.Fast.Transport.Timers;

/// <summary>
/// One named timeout. Owned by the state machine that arms it; allocated once and armed many times.
/// Loop-affine. Fires at most once per arming, up to one tick late and never early.
/// </summary>
public sealed class LoopTimer(string name, Action<object?> fire, object? state)
{
    internal LoopTimer? Next;
    internal LoopTimer? Previous;
    internal long DueTick;
    internal int Slot = -1;

    public string Name { get; } = name;
    public bool IsArmed => Slot >= 0;

    internal void Fire() => fire(state);
}
