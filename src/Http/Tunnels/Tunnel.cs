using Pomerium.Fast.Http.Proxy;
using Pomerium.Fast.Transport.Loops;
using Pomerium.Fast.Transport.Timers;

namespace Pomerium.Fast.Http.Tunnels;

/// <summary>
/// After an upgrade: relays both ways until both sides have ended. One of the few things on the data path that is made
/// anew for each use: a tunnel lives long. Loop-affine.
///
/// <code>
///   open --one side ends--> half-open (60 s) --other ends--> closed, in order
///     \--either side breaks, a timer fires, drain ends-----> aborted, both sides
/// </code>
/// </summary>
internal sealed class Tunnel
{
    private const long HalfClosedMs = 60_000;
    private readonly Loop _loop;
    private readonly IByteStream _client;
    private readonly IByteStream _upstream;
    private readonly Action<Tunnel> _ended;
    private readonly Relay _up;
    private readonly Relay _down;
    private readonly LoopTimer _halfClosed;
    private readonly LoopTimer _life;
    private readonly LoopTimer _idle;
    private readonly long _idleMs;
    private int _open = 2;

    public Tunnel(Loop loop, IByteStream client, IByteStream upstream, long lifeMs, long idleMs, Action<Tunnel> ended)
    {
        _loop = loop;
        _client = client;
        _upstream = upstream;
        _ended = ended;
        _idleMs = idleMs;
        _up = new Relay(loop, OnEnded);
        _down = new Relay(loop, OnEnded);
        _halfClosed = new LoopTimer("tunnel_half_closed", static t => ((Tunnel)t!).Abort(), this);
        _life = new LoopTimer("route_timeout", static t => ((Tunnel)t!).Abort(), this);
        _idle = new LoopTimer("route_idle_timeout", static t => ((Tunnel)t!).OnIdle(), this);
        if (lifeMs > 0)
        {
            loop.Timers.Arm(_life, loop.NowMs, lifeMs);
        }
        if (idleMs > 0)
        {
            loop.Timers.Arm(_idle, loop.NowMs, idleMs);
        }
    }

    /// <summary>Bytes that went to the client.</summary>
    public long BytesDown => _down.Bytes;

    public void Start()
    {
        _down.Start(_upstream.Source, _client.Sink);
        if (_open > 0)
        {
            _up.Start(_client.Source, _upstream.Sink);
        }
    }

    public void Abort()
    {
        if (_open > 0)
        {
            _open = 0;
            Stop();
            _upstream.Abort();
            _client.Abort();
            _ended(this);
        }
    }

    private void OnEnded(Relay relay, RelayEnd end)
    {
        if (end != RelayEnd.Complete)
        {
            Abort();
            return;
        }
        (relay == _up ? _upstream : _client).EndOutput();
        if (--_open == 1)
        {
            _loop.Timers.Arm(_halfClosed, _loop.NowMs, HalfClosedMs);
        }
        else if (_open == 0)
        {
            Stop();
            _upstream.Close();
            _client.Close();
            _ended(this);
        }
    }

    private void OnIdle()
    {
        long last = Math.Max(_up.MovedMs, _down.MovedMs);
        if (_loop.NowMs - last >= _idleMs)
        {
            Abort();
        }
        else
        {
            _loop.Timers.Arm(_idle, _loop.NowMs, last + _idleMs - _loop.NowMs);
        }
    }

    private void Stop()
    {
        _up.Stop();
        _down.Stop();
        _loop.Timers.Disarm(_halfClosed);
        _loop.Timers.Disarm(_life);
        _loop.Timers.Disarm(_idle);
    }
}
