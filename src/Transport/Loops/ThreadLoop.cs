using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Transport.InMemory;
using Pomerium.Fast.Transport.Sockets;
using Pomerium.Fast.Transport.Timers;

namespace Pomerium.Fast.Transport.Loops;

/// <summary>
/// The portable loop: one thread with a queue, which is the pipe scheduler of its connections in both directions.
/// Sockets complete on the thread pool and come back through the queue.
/// </summary>
public sealed class ThreadLoop : Loop, IDisposable
{
    private const int WaitMsMax = 1000;
    private readonly ConcurrentQueue<(Action<object?> Work, object? State)> _posted = new();
    private readonly AutoResetEvent _wakeup = new(initialState: false);
    private readonly TurnEndWork _turnEnd = new();
    private readonly Thread _thread;
    private long _nowMs;
    private long _unixMs;
    private volatile bool _stopping;

    public ThreadLoop(int index)
    {
        Index = index;
        ReadClocks();
        Timers = new TimerWheel(_nowMs);
        _thread = new Thread(Run) { Name = $"loop {index}", IsBackground = true };
    }

    public override int Index { get; }
    public override bool IsCurrent => Thread.CurrentThread == _thread;
    public override long NowMs => _nowMs;
    public override long UnixMs => _unixMs;
    public override TimerWheel Timers { get; }

    public void Start() => _thread.Start();

    public override void Post(Action<object?> work, object? state)
    {
        _posted.Enqueue((work, state));
        if (!IsCurrent && !_stopping)
        {
            _wakeup.Set();
        }
    }

    public override void AtTurnEnd(Action<object?> work, object? state) => _turnEnd.Add(work, state);

    public override ValueTask<IConnectionListener> ListenAsync(
        ListenerOptions options,
        CancellationToken cancellationToken
    ) =>
        new(
            options.EndPoint is InMemoryEndPoint inMemory
                ? new InMemoryListener(inMemory, this)
                : SocketListener.Open(this, options)
        );

    public override ValueTask<DialResult> DialAsync(DialOptions options)
    {
        AssertCurrent();
        return options.EndPoint is InMemoryEndPoint inMemory
            ? new(inMemory.Dial(this, options))
            : new(SocketDialer.DialAsync(this, options));
    }

    public void Dispose()
    {
        Post(static l => ((ThreadLoop)l!)._stopping = true, this);
        if (_thread.IsAlive && !IsCurrent)
        {
            _thread.Join(TimeSpan.FromSeconds(5));
        }
    }

    private void Run()
    {
        try
        {
            while (!_stopping)
            {
                if (_posted.IsEmpty)
                {
                    _wakeup.WaitOne(Timers.DelayToNext(_nowMs, WaitMsMax));
                }
                ReadClocks();
                for (int count = _posted.Count; count > 0 && _posted.TryDequeue(out var item); count--)
                {
                    Run(item.Work, item.State);
                }
                Run(static l => ((ThreadLoop)l!).Timers.Advance(((ThreadLoop)l)._nowMs), this);
                FinishTurn(_turnEnd);
            }
        }
        catch (Exception e)
        {
            // A loop that is gone takes its connections with it: better no process than half of one.
            Environment.FailFast($"loop {Index} died: {e.Message}", e);
        }
    }

    private void ReadClocks()
    {
        _nowMs = Environment.TickCount64;
        _unixMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
    }
}
