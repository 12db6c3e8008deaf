using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Transport.InMemory;

/// <summary>
/// Hands out the server ends of in-memory connections: on its loop, or on the thread pool when it has none. Accept is
/// for one caller at a time; dialing comes from any loop.
/// </summary>
internal sealed class InMemoryListener : IConnectionListener
{
    private readonly Lock _gate = new();
    private readonly Queue<ConnectionContext> _offered = new();
    private readonly InMemoryEndPoint _endPoint;
    private readonly Loop? _loop;
    private TaskCompletionSource<ConnectionContext?>? _waiting;
    private bool _ended;

    public InMemoryListener(InMemoryEndPoint endPoint, Loop? loop)
    {
        _endPoint = endPoint;
        _loop = loop;
        endPoint.Bind(this);
    }

    public EndPoint EndPoint => _endPoint;

    public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_offered.TryDequeue(out ConnectionContext? connection))
            {
                return new(connection);
            }
            if (_ended)
            {
                return new((ConnectionContext?)null);
            }
            _waiting = new TaskCompletionSource<ConnectionContext?>(
                _loop is null ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None
            );
            return new(_waiting.Task);
        }
    }

    /// <summary>What was offered before is still accepted; then the listener says null.</summary>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _endPoint.Unbind(this);
        TaskCompletionSource<ConnectionContext?>? waiting;
        lock (_gate)
        {
            _ended = true;
            (waiting, _waiting) = (_waiting, null);
        }
        Tell(waiting, null);
        return default;
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    /// <summary>The client end of a new connection, or null when the listener has ended.</summary>
    internal ConnectionContext? Offer(Loop client)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryLink.Create(client, _loop, _endPoint);
        TaskCompletionSource<ConnectionContext?>? waiting;
        lock (_gate)
        {
            if (_ended)
            {
                return null;
            }
            (waiting, _waiting) = (_waiting, null);
            if (waiting is null)
            {
                _offered.Enqueue(far);
            }
        }
        Tell(waiting, far);
        return near;
    }

    private void Tell(TaskCompletionSource<ConnectionContext?>? waiting, ConnectionContext? connection)
    {
        if (waiting is null)
        {
            return;
        }
        if (_loop is null)
        {
            waiting.SetResult(connection);
            return;
        }
        _loop.Post(
            static s =>
            {
                (TaskCompletionSource<ConnectionContext?> waiting, ConnectionContext? connection) = ((
                    TaskCompletionSource<ConnectionContext?>,
                    ConnectionContext?
                ))
                    s!;
                waiting.SetResult(connection);
            },
            (waiting, connection)
        );
    }
}
