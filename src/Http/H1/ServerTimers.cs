using Pomerium.Fast.Transport.Loops;
using Pomerium.Fast.Transport.Timers;

namespace Pomerium.Fast.Http.H1;

/// <summary>The timers of a client connection between and around its exchanges (hardening 2.3). Loop-affine.</summary>
internal sealed class ServerTimers
{
    private readonly Loop _loop;
    private readonly LoopTimer _head;
    private readonly LoopTimer _idle;
    private readonly LoopTimer _read;
    private readonly LoopTimer _linger;

    public ServerTimers(Loop loop, ServerConnection connection)
    {
        _loop = loop;
        _head = new LoopTimer("request_header_timeout", static c => ((ServerConnection)c!).OnHeadTimeout(), connection);
        _idle = new LoopTimer("timeout_idle", static c => ((ServerConnection)c!).OnIdleTimeout(), connection);
        _read = new LoopTimer("timeout_read", static c => ((ServerConnection)c!).OnReadTimeout(), connection);
        _linger = new LoopTimer("lingering_timeout", static c => ((ServerConnection)c!).OnLingerTimeout(), connection);
    }

    public void ArmHead(TimeSpan after) => Arm(_head, after);

    /// <summary>A head that has begun must end in time; the first byte decides, later ones win nothing.</summary>
    public void ArmHeadOnce(TimeSpan after)
    {
        if (!_head.IsArmed)
        {
            Arm(_head, after);
        }
    }

    public void ArmIdle(TimeSpan after) => Arm(_idle, after);

    public void ArmRead(TimeSpan after) => Arm(_read, after);

    public void ArmLinger(TimeSpan after) => Arm(_linger, after);

    public void DisarmHead() => _loop.Timers.Disarm(_head);

    public void DisarmRead() => _loop.Timers.Disarm(_read);

    public void DisarmLinger() => _loop.Timers.Disarm(_linger);

    public void DisarmAll()
    {
        _loop.Timers.Disarm(_head);
        _loop.Timers.Disarm(_idle);
        _loop.Timers.Disarm(_read);
        _loop.Timers.Disarm(_linger);
    }

    /// <summary>Zero is off.</summary>
    private void Arm(LoopTimer timer, TimeSpan after)
    {
        if (after > TimeSpan.Zero)
        {
            _loop.Timers.Arm(timer, _loop.NowMs, (long)after.TotalMilliseconds);
        }
    }
}
