using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.Win32.SafeHandles;
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
    private const int FarewellTurns = 16;
    private readonly int _epoll;
    private readonly SafeFileHandle _wakeup;
    private readonly int _wakeupDescriptor;
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
        _wakeupDescriptor = Check(Poll.EventDescriptor(0, Poll.NonBlocking | Poll.CloseOnExec));
        _wakeup = new SafeFileHandle(_wakeupDescriptor, ownsHandle: true);
        // Data 0 is the wake-up; handles count from 1.
        Check(Poll.Control(_epoll, Poll.Add, _wakeupDescriptor, Poll.In | Poll.EdgeTriggered, 0));
        _thread = new Thread(Run) { Name = $"loop {index}", IsBackground = true };
    }

    public override int Index { get; }
    public override bool IsCurrent => Thread.CurrentThread == _thread;
    public override long NowMs => _nowMs;
    public override long UnixMs => _unixMs;
    public override TimerWheel Timers { get; }
    public SlabPool Slabs { get; } = new();

    /// <summary>Descriptors under watch: connections and listeners.</summary>
    public int Handles => _handles.Count;

    private long _nowMs;
    private long _unixMs;

    public void Start() => _thread.Start();

    public override void Post(Action<object?> work, object? state)
    {
        _posted.Enqueue((work, state));
        if (!IsCurrent && Interlocked.Exchange(ref _wakeupPending, 1) == 0)
        {
            WakeUp();
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

    /// <summary>Asks the thread to end after its current turn and waits for it; its connections are aborted.</summary>
    public void Dispose()
    {
        _stopping = true;
        Post(static _ => { }, null);
        if (_thread.IsAlive && !IsCurrent)
        {
            _thread.Join(TimeSpan.FromSeconds(5));
        }
    }

    /// <summary>
    /// Registers a descriptor, once and for all it will ever be asked: edge-triggered, both directions. The handle goes
    /// back with <see cref="Forget"/>; closing the descriptor takes it out of epoll.
    /// </summary>
    internal ulong Register(int descriptor, IEpollHandler handler)
    {
        ulong handle = _handles.Add(handler);
        uint events = Poll.In | Poll.Out | Poll.ReadHangUp | Poll.EdgeTriggered;
        if (Poll.Control(_epoll, Poll.Add, descriptor, events, handle) < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            _handles.Remove(handle);
            throw new Win32Exception(error);
        }
        return handle;
    }

    /// <summary>Events of this turn that still name the handle reach nobody.</summary>
    internal void Forget(ulong handle) => _handles.Remove(handle);

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
            End();
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
        if (count < 0 && Marshal.GetLastPInvokeError() != Errno.Intr)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
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

    /// <summary>The loop closes what it opened, last of all; those who wait are told before it goes.</summary>
    private void End()
    {
        _handles.End();
        for (int i = 0; i < FarewellTurns && !_posted.IsEmpty; i++)
        {
            RunPosted();
            _turnEnd.Run();
        }
        Descriptor.Close(_epoll);
        _wakeup.Dispose();
    }

    private void WakeUp()
    {
        ulong one = 1;
        try
        {
            Descriptor.WriteSafely(_wakeup, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // The loop has ended: the work is dropped with it.
            Volatile.Write(ref _wakeupPending, 0);
        }
    }

    private void DrainWakeup()
    {
        ulong value;
        Descriptor.Read(_wakeupDescriptor, &value, sizeof(ulong));
        // A full fence: the queue is read after this, or work that was posted meanwhile would wait for the next event.
        Interlocked.Exchange(ref _wakeupPending, 0);
    }

    private void ReadClocks()
    {
        _nowMs = Environment.TickCount64;
        _unixMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
    }
}
