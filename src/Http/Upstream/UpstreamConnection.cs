using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Http.H1;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Http.Upstream;

/// <summary>
/// A connection to an endpoint, on the loop of its exchanges. Loop-affine.
///
/// <code>
///   busy --answer complete, nothing left over--> idle --taken--> busy
///    \--anything else--> closed                   \--bytes or end--> closed
/// </code>
/// </summary>
public sealed class UpstreamConnection
{
    private static readonly ConnectionAbortedException Aborted = new("the exchange ended before the answer");
    private readonly LoopPools _pools;
    private readonly ConnectionContext _connection;
    private readonly IConnectionStateFeature? _state;
    private readonly Action _idleEvent;
    private bool _closed;

    public UpstreamConnection(LoopPools pools, Endpoint endpoint, ConnectionContext connection)
    {
        _pools = pools;
        _connection = connection;
        _state = connection.Features.Get<IConnectionStateFeature>();
        Endpoint = endpoint;
        Http1 = new ClientConnection(connection);
        _idleEvent = OnIdleEvent;
    }

    public Endpoint Endpoint { get; }
    public ConnectionContext Context => _connection;

    /// <summary>The codec, which lives as long as the connection.</summary>
    internal ClientConnection Http1 { get; }
    public long IdleSinceMs { get; private set; }

    /// <summary>The end was a reset or a broken TLS stream, not an orderly close.</summary>
    public bool EndedBadly => _state?.EndedBadly ?? false;

    /// <summary>Nothing has come behind the last answer and nothing has ended; asks the connection itself, since TLS hides what waits.</summary>
    public bool IsReusable => !_closed && Http1.IsQuiet();

    public void EnterIdle(long nowMs)
    {
        IdleSinceMs = nowMs;
        Http1.Input.Ready = _idleEvent;
    }

    public void LeaveIdle() => Http1.Input.Ready = null;

    /// <summary>A read that waits on the idle connection has something: bytes that nobody asked for, or the end.</summary>
    private void OnIdleEvent() => _pools.Forget(this);

    /// <summary>Ends it in order.</summary>
    public void Close()
    {
        if (!_closed)
        {
            _closed = true;
            _pools.Open--;
            Http1.Detach();
            _ = _connection.DisposeAsync().AsTask();
        }
    }

    /// <summary>Ends it at once: whoever waits on it is told.</summary>
    public void Abort()
    {
        if (!_closed)
        {
            _closed = true;
            _pools.Open--;
            Http1.Detach();
            _connection.Abort(Aborted);
        }
    }
}
