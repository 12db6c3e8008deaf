using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Transport.Loops;
using Pomerium.Fast.Transport.Timers;

namespace Pomerium.Fast.Http.Proxy;

/// <summary>The timers of an exchange with an upstream (routing 8.1). Loop-affine; one for each proxying.</summary>
internal sealed class ProxyTimers
{
    private readonly Loop _loop;
    private readonly Action<FailureKind> _expired;
    private readonly Func<long> _lastMove;
    private readonly LoopTimer _route;
    private readonly LoopTimer _idle;
    private readonly LoopTimer _life;
    private long _routeMs;
    private long _idleMs;
    private bool _requestDone;

    /// <param name="lastMove">When bytes last moved in either direction.</param>
    public ProxyTimers(Loop loop, Action<FailureKind> expired, Func<long> lastMove)
    {
        _loop = loop;
        _expired = expired;
        _lastMove = lastMove;
        _route = new LoopTimer("route_timeout", static t => ((ProxyTimers)t!).OnRoute(), this);
        _idle = new LoopTimer("route_idle_timeout", static t => ((ProxyTimers)t!).OnIdle(), this);
        _life = new LoopTimer("timeout_write", static t => ((ProxyTimers)t!).OnLife(), this);
    }

    /// <summary>Zero is off.</summary>
    public void Begin(long routeMs, long idleMs, long lifeMs)
    {
        _routeMs = routeMs;
        _idleMs = idleMs;
        _requestDone = false;
        if (idleMs > 0)
        {
            _loop.Timers.Arm(_idle, _loop.NowMs, idleMs);
        }
        if (lifeMs > 0)
        {
            _loop.Timers.Arm(_life, _loop.NowMs, lifeMs);
        }
    }

    /// <summary>The route's timeout counts from here.</summary>
    public void OnRequestRead()
    {
        _requestDone = true;
        if (_routeMs > 0)
        {
            _loop.Timers.Arm(_route, _loop.NowMs, _routeMs);
        }
    }

    public void End()
    {
        _loop.Timers.Disarm(_route);
        _loop.Timers.Disarm(_idle);
        _loop.Timers.Disarm(_life);
    }

    private void OnRoute() => _expired(FailureKind.UpstreamTimeout);

    private void OnLife() => _expired(_requestDone ? FailureKind.UpstreamTimeout : FailureKind.RequestTimeout);

    /// <summary>Armed once and looked at when it fires: bytes that move cost no timer work.</summary>
    private void OnIdle()
    {
        long left = _lastMove() + _idleMs - _loop.NowMs;
        if (left > 0)
        {
            _loop.Timers.Arm(_idle, _loop.NowMs, left);
        }
        else
        {
            _expired(_requestDone ? FailureKind.StreamIdle : FailureKind.RequestIdle);
        }
    }
}
