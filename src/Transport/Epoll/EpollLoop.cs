using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Transport.Buffers;
using Pomerium.Fast.Transport.InMemory;
using Pomerium.Fast.Transport.Loops;
using Pomerium.Fast.Transport.Native;
using Pomerium.Fast.Transport.Timers;

namespace Pomerium.Fast.Transport.Epoll;

/// <summary>
/// A thread that waits in epoll_wait and runs everything of its connections: readiness, continuations, timers, posted
/// work. Descriptors are registered once, edge-triggered, for both directions: no epoll_ctl per request.
/// </summary>
public sealed unsafe class EpollLoop : Loop, IDisposable
{
    private const int EventsPerTurnMax = 256;
    private const int WaitMsMax = 1000;
    private readonly int _epoll;
    private readonly int _wakeup;
    private readonly Thread _thread;
    private readonly ConcurrentQueue<(Action<object?> Work, object? State)> _posted = new();
    private readonly EpollHandles _handles = new();
    private readonly TurnEndWork _turnEnd = new();
    private int _wakeupPending;
    private volatile bool _stopping;

    public EpollLoop(int index)
    {
        Index = index;
        ReadClocks();
        Timers = new TimerWheel(NowMs);
        _epoll = Check(Poll.Create(Poll.CloseOnExec));
        _wakeup = Check(Poll.EventDescriptor(0, Poll.NonBlocking | Poll.CloseOnExec));
        // Data 0 is the wake-up; handles count from 1.
        Check(Poll.Control(_epoll, Poll.Add, _wakeup, Poll.In | Poll.EdgeTriggered, 0));
        _thread = new Thread(Run) { Name = $"loop {index}", IsBackground = true };
    }

    public override int Index { get; }
    public override bool IsCurrent => Thread.CurrentThread == _thread;
    public override long NowMs => _nowMs;
    public override long UnixMs => _unixMs;
    public override TimerWheel Timers { get; }
    public SlabPool Slabs { get; } = new();

    private long _nowMs;
    private long _unixMs;

    public void Start() => _thread.Start();

    public override void Post(Action<object?> work, object? state)
    {
        _posted.Enqueue((work, state));
        if (!IsCurrent && Interlocked.Exchange(ref _wakeupPending, 1) == 0)
        {
            ulong one = 1;
            Descriptor.Write(_wakeup, &one, sizeof(ulong));
        }
    }

    public override void AtTurnEnd(Action<object?> work, object? state) => _turnEnd.Add(work, state);

    public override ValueTask<IConnectionListener> ListenAsync(
        ListenerOptions options,
        CancellationToken cancellationToken
    )
    {
        if (options.EndPoint is InMemoryEndPoint inMemory)
        {
            return new(new InMemoryListener(inMemory, this));
        }
        EpollListener listener = EpollListener.Open(this, options);
        Post(static l => ((EpollListener)l!).Begin(), listener);
        return new(listener);
    }

    public override ValueTask<DialResult> DialAsync(DialOptions options)
    {
        AssertCurrent();
        return options.EndPoint is InMemoryEndPoint inMemory
            ? new(inMemory.Dial(this, options))
            : EpollDialer.DialAsync(this, options);
    }

    /// <summary>Asks the thread to end after its current turn and waits for it.</summary>
    public void Dispose()
    {
        _stopping = true;
        Post(static _ => { }, null);
        if (_thread.IsAlive && !IsCurrent)
        {
            _thread.Join(TimeSpan.FromSeconds(5));
        }
        Descriptor.Close(_wakeup);
        Descriptor.Close(_epoll);
    }

    /// <summary>Registers a descriptor for both directions; the handle goes back with <see cref="Unregister"/>.</summary>
    internal ulong Register(int descriptor, IEpollHandler handler, bool readOnly = false)
    {
        ulong handle = _handles.Add(handler);
        uint events = readOnly ? Poll.In : Poll.In | Poll.Out | Poll.ReadHangUp | Poll.EdgeTriggered;
        if (Poll.Control(_epoll, Poll.Add, descriptor, events, handle) < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            _handles.Remove(handle);
            throw new Win32Exception(error);
        }
        return handle;
    }

    /// <summary>Forgets the descriptor; events of this turn that still name it reach nobody.</summary>
    internal void Unregister(int descriptor, ulong handle)
    {
        _handles.Remove(handle);
        Poll.Control(_epoll, Poll.Delete, descriptor, 0, 0);
    }

    internal static int Check(int result) =>
        result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    private void Run()
    {
        try
        {
            byte* events = stackalloc byte[EventsPerTurnMax * 16];
            while (!_stopping)
            {
                Turn(events);
            }
        }
        catch (Exception e)
        {
            // A loop that is gone takes its connections with it: better no process than half of one.
            Environment.FailFast($"loop {Index} died: {e.Message}", e);
        }
    }

    private void Turn(byte* events)
    {
        int wait = _posted.IsEmpty ? Timers.DelayToNext(_nowMs, WaitMsMax) : 0;
        int count = Poll.Wait(_epoll, events, EventsPerTurnMax, wait);
        ReadClocks();
        for (int i = 0; i < count; i++)
        {
            byte* at = events + (i * Poll.EventSize);
            ulong handle = Poll.Data(at);
            if (handle == 0)
            {
                DrainWakeup();
            }
            else
            {
                _handles.Find(handle)?.OnReady(Poll.Events(at));
            }
        }
        RunPosted();
        Timers.Advance(_nowMs);
        _turnEnd.Run();
    }

    private void RunPosted()
    {
        // What the work itself posts waits for the next turn, so that it cannot starve the sockets.
        for (int count = _posted.Count; count > 0 && _posted.TryDequeue(out var item); count--)
        {
            item.Work(item.State);
        }
    }

    private void DrainWakeup()
    {
        ulong value;
        Descriptor.Read(_wakeup, &value, sizeof(ulong));
        Volatile.Write(ref _wakeupPending, 0);
    }

    private void ReadClocks()
    {
        _nowMs = Environment.TickCount64;
        _unixMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
    }
}
