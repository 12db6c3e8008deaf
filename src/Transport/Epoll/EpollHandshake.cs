using Pomerium.Fast.Transport.Timers;
using Pomerium.Fast.Transport.Tls;

namespace Pomerium.Fast.Transport.Epoll;

/// <summary>Drives a TLS handshake on readiness until it is done, fails, or takes too long.</summary>
internal sealed class EpollHandshake
{
    private readonly EpollConnection _connection;
    private readonly TlsSession _session;
    private readonly Action<EpollConnection, bool, object?> _done;
    private readonly object? _state;
    private readonly LoopTimer _timer;

    private EpollHandshake(
        EpollConnection connection,
        TlsSession session,
        Action<EpollConnection, bool, object?> done,
        object? state
    )
    {
        _connection = connection;
        _session = session;
        _done = done;
        _state = state;
        _timer = new LoopTimer("handshake_timeout", static h => ((EpollHandshake)h!).End(ok: false), this);
    }

    /// <param name="timeout">Null when the caller minds the time.</param>
    /// <param name="done">Told once, on the loop, with the verdict and the state.</param>
    public static void Start(
        EpollConnection connection,
        TlsSession session,
        TimeSpan? timeout,
        Action<EpollConnection, bool, object?> done,
        object? state
    )
    {
        connection.Tls = session;
        EpollHandshake handshake = new(connection, session, done, state);
        if (timeout is { } limit)
        {
            connection.Loop.Timers.Arm(handshake._timer, connection.Loop.NowMs, (long)limit.TotalMilliseconds);
        }
        connection.Handshaking = handshake.Step;
        session.Resume = handshake.OnResume;
        handshake.Step(connection);
    }

    private void OnResume()
    {
        if (_connection.Handshaking is not null)
        {
            Step(_connection);
        }
    }

    private void Step(EpollConnection connection)
    {
        switch (_session.Handshake())
        {
            case TlsStatus.Done:
                End(ok: true);
                break;
            case TlsStatus.WantRead or TlsStatus.WantWrite or TlsStatus.WantCertificate:
                break;
            default:
                End(ok: false);
                break;
        }
    }

    private void End(bool ok)
    {
        _connection.Loop.Timers.Disarm(_timer);
        _connection.Handshaking = null;
        _session.Resume = null;
        _done(_connection, ok, _state);
    }
}
