using System.Diagnostics;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Transport.Timers;

namespace Pomerium.Fast.Transport.Loops;

/// <summary>
/// The contract under everything: a connection is born, lives and dies on one loop, with its timers, its buffers,
/// its upstream connection and all continuations of both. Nothing on that path locks or hops threads.
/// Members are for the loop's own thread, except <see cref="Post"/>, which is for all.
/// </summary>
public abstract class Loop : PipeScheduler
{
    /// <summary>Position among the loops of the process, from 0; indexes per-loop arrays.</summary>
    public abstract int Index { get; }

    public abstract bool IsCurrent { get; }

    /// <summary>Monotonic milliseconds, read once per turn.</summary>
    public abstract long NowMs { get; }

    /// <summary>Wall clock as Unix milliseconds, read once per turn.</summary>
    public abstract long UnixMs { get; }

    public abstract TimerWheel Timers { get; }

    /// <summary>Runs the work on this loop, in order, never inline. Callable from any thread.</summary>
    public abstract void Post(Action<object?> work, object? state);

    /// <summary>Runs the work at the end of the current turn: the place to flush what the turn collected.</summary>
    public abstract void AtTurnEnd(Action<object?> work, object? state);

    /// <summary>Opens a listener whose connections live on this loop. Failures to bind throw <see cref="AddressInUseException"/> or <see cref="IOException"/>.</summary>
    public abstract ValueTask<IConnectionListener> ListenAsync(
        ListenerOptions options,
        CancellationToken cancellationToken
    );

    /// <summary>Opens a connection to an endpoint on this loop; completes on the loop. A failure is a value.</summary>
    public abstract ValueTask<DialResult> DialAsync(DialOptions options);

    /// <summary>
    /// Told of a bug: a callback of one connection or timer threw. It never leaves its dispatch, the others go on.
    /// </summary>
    public Action<Exception>? Faulted { get; set; }

    public sealed override void Schedule(Action<object?> action, object? state) => Post(action, state);

    private protected void Run(Action<object?> work, object? state)
    {
        try
        {
            work(state);
        }
        catch (Exception e)
        {
            Report(e);
        }
    }

    private protected void FinishTurn(TurnEndWork work)
    {
        while (true)
        {
            try
            {
                work.Run();
                return;
            }
            catch (Exception e)
            {
                Report(e);
            }
        }
    }

    private protected void Report(Exception e)
    {
        if (Faulted is { } told)
        {
            told(e);
        }
        else
        {
            Console.Error.WriteLine($"loop {Index}: a callback threw: {e}");
        }
    }

    [Conditional("DEBUG")]
    public void AssertCurrent() => Debug.Assert(IsCurrent, "loop-affine type used from another thread");
}
