using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Transport.InMemory;
using Pomerium.Fast.Transport.Timers;

namespace Pomerium.Fast.Transport.Loops;

/// <summary>
/// A loop turned by hand: client, proxy, upstream and time share the test's one thread and nothing sleeps. Connects in
/// memory only. Work that others post waits for the next turn.
/// </summary>
public sealed class ManualLoop : Loop
{
    private const int TurnsMax = 100_000;
    private readonly Lock _gate = new();
    private readonly Queue<(Action<object?> Work, object? State)> _posted = new();
    private readonly TurnEndWork _turnEnd = new();
    private int _thread = Environment.CurrentManagedThreadId;
    private long _nowMs = 1_000_000;
    private long _unixMs;
    private bool _turning;

    public ManualLoop(int index = 0)
        : this(index, new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero)) { }

    public ManualLoop(int index, DateTimeOffset now)
    {
        Index = index;
        _unixMs = now.ToUnixTimeMilliseconds();
        Timers = new TimerWheel(_nowMs);
    }

    public override int Index { get; }
    public override bool IsCurrent => Environment.CurrentManagedThreadId == _thread;
    public override long NowMs => _nowMs;
    public override long UnixMs => _unixMs;
    public override TimerWheel Timers { get; }

    public override void Post(Action<object?> work, object? state)
    {
        lock (_gate)
        {
            _posted.Enqueue((work, state));
        }
    }

    public override void AtTurnEnd(Action<object?> work, object? state) => _turnEnd.Add(work, state);

    public override ValueTask<IConnectionListener> ListenAsync(
        ListenerOptions options,
        CancellationToken cancellationToken
    ) =>
        options.EndPoint is InMemoryEndPoint inMemory
            ? new(new InMemoryListener(inMemory, this))
            : throw new NotSupportedException($"a manual loop listens in memory only, not on {options.EndPoint}");

    public override ValueTask<DialResult> DialAsync(DialOptions options) =>
        options.EndPoint is InMemoryEndPoint inMemory
            ? new(inMemory.Dial(this, options))
            : throw new NotSupportedException($"a manual loop dials in memory only, not {options.EndPoint}");

    /// <summary>
    /// One turn: what was posted before it, timers that are due, then the end of the turn. True if it did anything or
    /// left anything. Called from inside a turn it does nothing: the turn goes on anyway.
    /// </summary>
    public bool Turn()
    {
        if (_turning)
        {
            return false;
        }
        _turning = true;
        _thread = Environment.CurrentManagedThreadId;
        // A test framework's context would carry continuations to other threads.
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            bool any = RunPosted();
            int armed = Timers.Count;
            Timers.Advance(_nowMs);
            any |= Timers.Count != armed;
            any |= _turnEnd.Run();
            return any || HasPosted();
        }
        finally
        {
            _turning = false;
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>Turns until a turn finds nothing to do.</summary>
    public void RunUntilIdle()
    {
        for (int i = 0; i < TurnsMax; i++)
        {
            if (!Turn())
            {
                return;
            }
        }
        throw new InvalidOperationException($"the loop was not idle after {TurnsMax} turns");
    }

    /// <summary>Lets time pass; timers on the way fire in order, each at its time.</summary>
    public void Advance(long ms)
    {
        RunUntilIdle();
        while (ms > 0)
        {
            long step = Math.Clamp(Timers.DelayToNext(_nowMs, (int)Math.Min(ms, 10_000)), 1, ms);
            _nowMs += step;
            _unixMs += step;
            ms -= step;
            RunUntilIdle();
        }
    }

    public void Advance(TimeSpan time) => Advance((long)time.TotalMilliseconds);

    private bool RunPosted()
    {
        int count;
        lock (_gate)
        {
            count = _posted.Count;
        }
        for (int i = 0; i < count; i++)
        {
            Action<object?> work;
            object? state;
            lock (_gate)
            {
                (work, state) = _posted.Dequeue();
            }
            work(state);
        }
        return count > 0;
    }

    private bool HasPosted()
    {
        lock (_gate)
        {
            return _posted.Count > 0;
        }
    }
}
