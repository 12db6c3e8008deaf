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
    private readonly LoopTimer _pace;
    private readonly ServerConnection _connection;
    private long _idleSinceMs;

    public ServerTimers(Loop loop, ServerConnection connection)
    {
        _loop = loop;
        _connection = connection;
        _head = new LoopTimer("request_header_timeout", static c => ((ServerConnection)c!).OnHeadTimeout(), connection);
        _idle = new LoopTimer("timeout_idle", static t => ((ServerTimers)t!).OnIdle(), this);
        _read = new LoopTimer("timeout_read", static c => ((ServerConnection)c!).OnReadTimeout(), connection);
        _linger = new LoopTimer("lingering_timeout", static c => ((ServerConnection)c!).OnLingerTimeout(), connection);
        _pace = new LoopTimer("min_read_rate", static t => ((ServerTimers)t!).OnPace(), this);
    }

    /// <summary>The head is a part of the whole request, so the smaller of both limits holds (hardening 2.3).</summary>
    public void ArmHead(TimeSpan after)
    {
        TimeSpan whole = _connection.Timeouts.Read;
        Arm(_head, whole > TimeSpan.Zero && whole < after ? whole : after);
    }

    /// <summary>A head that has begun must end in time; the first byte decides, later ones win nothing.</summary>
    public void ArmHeadOnce(TimeSpan after)
    {
        if (!_head.IsArmed)
        {
            ArmHead(after);
        }
    }

    /// <summary>Armed once for many requests: the clock is looked at when it fires.</summary>
    public void BeginIdle(TimeSpan after)
    {
        NoteIdle();
        Arm(_idle, after);
    }

    /// <summary>Looks at the client's pace from time to time, for as long as the connection lives.</summary>
    public void BeginPace() => Arm(_pace, TimeSpan.FromMilliseconds(ReadPace.PeriodMs));

    /// <summary>The connection waits for its next request from now on.</summary>
    public void NoteIdle() => _idleSinceMs = _loop.NowMs;

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
        _loop.Timers.Disarm(_pace);
    }

    private void OnPace()
    {
        BeginPace(); // the look may end the connection, which disarms
        _connection.OnPaceLook();
    }

    private void OnIdle()
    {
        TimeSpan idle = _connection.Timeouts.Idle;
        TimeSpan left = idle - TimeSpan.FromMilliseconds(_loop.NowMs - _idleSinceMs);
        if (!_connection.IsBetweenRequests)
        {
            Arm(_idle, idle);
        }
        else if (left > TimeSpan.Zero)
        {
            Arm(_idle, left);
        }
        else
        {
            _connection.Close();
        }
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
