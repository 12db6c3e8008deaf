using System.Runtime.CompilerServices;
using Pomerium.Fast.Transport.Loops;
using Pomerium.Fast.Transport.Timers;

namespace Pomerium.Fast.Http.Upstream;

/// <summary>One loop's connections to one cluster: idle ones per endpoint, most recently used first. Loop-affine.</summary>
public sealed class LoopPools
{
    public const int IdlePerEndpointMax = 64;
    public const long IdleMs = 60_000;
    public const int ConnectionsMax = 1024;
    private const long SweepMs = 10_000;
    private readonly ConditionalWeakTable<Endpoint, List<UpstreamConnection>> _idle = [];
    private readonly LoopTimer _sweep;
    private Endpoint? _lastEndpoint;
    private List<UpstreamConnection>? _lastIdle;

    internal uint Turn;

    public LoopPools(Loop loop)
    {
        Loop = loop;
        Turn = (uint)Random.Shared.Next();
        _sweep = new LoopTimer("upstream_idle", static p => ((LoopPools)p!).Sweep(), this);
    }

    public Loop Loop { get; }

    /// <summary>Connections that are open or being opened.</summary>
    public int Open { get; internal set; }

    /// <summary>Whether one more may be opened (hardening 2.2); who opens it counts it.</summary>
    public bool MayOpen => Open < ConnectionsMax;

    /// <summary>An idle connection that is still good, or null.</summary>
    public UpstreamConnection? TryTake(Endpoint endpoint)
    {
        List<UpstreamConnection> idle = IdleOf(endpoint);
        while (idle.Count > 0)
        {
            UpstreamConnection connection = idle[^1];
            idle.RemoveAt(idle.Count - 1);
            connection.LeaveIdle();
            if (connection.IsReusable)
            {
                return connection;
            }
            connection.Close();
        }
        return null;
    }

    public void Return(UpstreamConnection connection)
    {
        List<UpstreamConnection> idle = IdleOf(connection.Endpoint);
        if (idle.Count >= IdlePerEndpointMax || !connection.IsReusable)
        {
            connection.Close();
            return;
        }
        connection.EnterIdle(Loop.NowMs);
        idle.Add(connection);
        if (!_sweep.IsArmed)
        {
            Loop.Timers.Arm(_sweep, Loop.NowMs, SweepMs);
        }
    }

    public void CloseIdle()
    {
        foreach ((_, List<UpstreamConnection> idle) in _idle)
        {
            idle.ForEach(static c => c.Close());
            idle.Clear();
        }
    }

    /// <summary>An idle connection ended by itself: forget it now and not at the next request.</summary>
    internal void Forget(UpstreamConnection connection)
    {
        IdleOf(connection.Endpoint).Remove(connection);
        connection.Close();
    }

    private List<UpstreamConnection> IdleOf(Endpoint endpoint)
    {
        if (_lastEndpoint != endpoint)
        {
            _lastEndpoint = endpoint;
            _lastIdle = _idle.GetOrCreateValue(endpoint);
        }
        return _lastIdle!;
    }

    private void Sweep()
    {
        bool any = false;
        foreach ((_, List<UpstreamConnection> idle) in _idle)
        {
            // Oldest first: the list is in order of return.
            while (idle.Count > 0 && Loop.NowMs - idle[0].IdleSinceMs >= IdleMs)
            {
                UpstreamConnection old = idle[0];
                idle.RemoveAt(0);
                old.Close();
            }
            any |= idle.Count > 0;
        }
        if (any)
        {
            Loop.Timers.Arm(_sweep, Loop.NowMs, SweepMs);
        }
    }
}
