namespace Pomerium.Fast.Transport.Timers;

/// <summary>Hashed wheel of intrusive timers: arming, disarming and firing allocate nothing. Loop-affine.</summary>
public sealed class TimerWheel
{
    public const int TickMs = 50;

    /// <summary>One turn fires at most this many, so that a burst cannot stall the loop (hardening 11.4).</summary>
    public const int FiresPerTurnMax = 1024;
    private const int Slots = 1024; // 51.2 s a revolution; a power of two
    private const int Due = Slots; // one list more: what is due and not yet fired
    private readonly LoopTimer?[] _slots = new LoopTimer?[Slots + 1];
    private long _tick;

    public TimerWheel(long nowMs) => _tick = nowMs / TickMs;

    public int Count { get; private set; }

    /// <summary>Arms the timer to fire after the delay in milliseconds; an armed timer is moved.</summary>
    public void Arm(LoopTimer timer, long nowMs, long delayMs)
    {
        Disarm(timer);
        long due = Math.Max((nowMs + Math.Max(delayMs, 0) + TickMs - 1) / TickMs, _tick + 1);
        timer.DueTick = due;
        Link(timer, (int)(due & (Slots - 1)));
    }

    public void Disarm(LoopTimer timer)
    {
        if (timer.IsArmed)
        {
            Unlink(timer);
        }
    }

    /// <summary>Milliseconds until the next tick that holds a timer, at most <paramref name="maxMs"/>.</summary>
    public int DelayToNext(long nowMs, int maxMs)
    {
        if (Count == 0)
        {
            return maxMs;
        }
        if (_slots[Due] is not null)
        {
            return 0;
        }
        int ticks = Math.Min(maxMs / TickMs, Slots - 1);
        for (int i = 1; i <= ticks; i++)
        {
            if (_slots[(int)((_tick + i) & (Slots - 1))] is not null)
            {
                return (int)Math.Clamp(((_tick + i) * TickMs) - nowMs, 0, maxMs);
            }
        }
        return maxMs;
    }

    /// <summary>Fires what is due. True when more is due than one turn may fire: call again next turn.</summary>
    public bool Advance(long nowMs)
    {
        long target = nowMs / TickMs;
        if (Count == 0)
        {
            _tick = Math.Max(_tick, target);
            return false;
        }
        int fired = 0;
        while (true)
        {
            while (_slots[Due] is { } timer)
            {
                if (fired++ == FiresPerTurnMax)
                {
                    return true;
                }
                Unlink(timer);
                timer.Fire();
            }
            if (_tick >= target)
            {
                return false;
            }
            _tick++;
            CollectDue((int)(_tick & (Slots - 1)));
        }
    }

    /// <summary>Each timer of the slot is looked at once: those of later revolutions stay.</summary>
    private void CollectDue(int slot)
    {
        LoopTimer? next;
        for (LoopTimer? timer = _slots[slot]; timer is not null; timer = next)
        {
            next = timer.Next;
            if (timer.DueTick <= _tick)
            {
                Unlink(timer);
                Link(timer, Due);
            }
        }
    }

    private void Link(LoopTimer timer, int slot)
    {
        timer.Slot = slot;
        timer.Previous = null;
        timer.Next = _slots[slot];
        if (timer.Next is { } next)
        {
            next.Previous = timer;
        }
        _slots[slot] = timer;
        Count++;
    }

    private void Unlink(LoopTimer timer)
    {
        if (timer.Previous is { } previous)
        {
            previous.Next = timer.Next;
        }
        else
        {
            _slots[timer.Slot] = timer.Next;
        }
        if (timer.Next is { } next)
        {
            next.Previous = timer.Previous;
        }
        timer.Next = null;
        timer.Previous = null;
        timer.Slot = -1;
        Count--;
    }
}
