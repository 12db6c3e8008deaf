using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
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
    private bool _closed;

    public UpstreamConnection(LoopPools pools, Endpoint endpoint, ConnectionContext connection)
    {
        _pools = pools;
        _connection = connection;
        _state = connection.Features.Get<IConnectionStateFeature>();
        Endpoint = endpoint;
        Input = connection.Transport.Input;
        Output = connection.Transport.Output;
    }

    public Endpoint Endpoint { get; }
    public PipeReader Input { get; }
    public PipeWriter Output { get; }
    public long IdleSinceMs { get; private set; }

    /// <summary>The end was a reset or a broken TLS stream, not an orderly close.</summary>
    public bool EndedBadly => _state?.EndedBadly ?? false;
    public bool IsReusable => !_closed && (_state?.IsQuiet ?? true);

    public void EnterIdle(long nowMs)
    {
        IdleSinceMs = nowMs;
        if (_state is { } state)
        {
            state.IdleEndedState = this;
            state.IdleEnded = static c => ((UpstreamConnection)c!)._pools.Forget((UpstreamConnection)c);
        }
    }

    public void LeaveIdle()
    {
        if (_state is { } state)
        {
            state.IdleEnded = null;
        }
    }

    /// <summary>Ends it in order.</summary>
    public void Close()
    {
        if (!_closed)
        {
            _closed = true;
            _pools.Open--;
            LeaveIdle();
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
            LeaveIdle();
            _connection.Abort(Aborted);
        }
    }
}
