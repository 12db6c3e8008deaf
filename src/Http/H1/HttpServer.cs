using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Http.H1;

/// <summary>
/// The downstream side of the process: what all listeners and loops share, and how it is brought to rest. Members are
/// for any thread unless they say otherwise.
/// </summary>
public sealed class HttpServer
{
    private readonly LoopShare[] _shares;

    public HttpServer(IReadOnlyList<Loop> loops, PipelineReference pipeline, HttpServerOptions options)
    {
        Pipeline = pipeline;
        Options = options;
        _shares = new LoopShare[loops.Count];
        for (int i = 0; i < loops.Count; i++)
        {
            _shares[i] = new LoopShare(loops[i], this);
        }
    }

    public PipelineReference Pipeline { get; }
    public HttpServerOptions Options { get; }

    /// <summary>Client connections that are open now, tunnels included.</summary>
    public int OpenConnections
    {
        get
        {
            int open = 0;
            foreach (LoopShare share in _shares)
            {
                open += share.OpenConnections;
            }
            return open;
        }
    }

    /// <summary>Serves HTTP/1.1 on an accepted connection; on its loop.</summary>
    public void Start(ConnectionContext connection, Loop loop)
    {
        loop.AssertCurrent();
        new ServerConnection(connection, _shares[loop.Index]).Start();
    }

    /// <summary>Serves every connection of a listener until the listener ends.</summary>
    public Task ServeAsync(IConnectionListener listener, Loop loop)
    {
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(_ => _ = AcceptAllAsync(listener, loop, ended), null);
        return ended.Task;
    }

    /// <summary>
    /// Idle connections end now, others after their current answer, which says so (hardening 14). Watch
    /// <see cref="OpenConnections"/> fall to zero, then at the latest <see cref="AbortAll"/>.
    /// </summary>
    public void BeginDrain()
    {
        foreach (LoopShare share in _shares)
        {
            share.Loop.Post(static s => ((LoopShare)s!).BeginDrain(), share);
        }
    }

    /// <summary>Ends every connection at once.</summary>
    public void AbortAll()
    {
        foreach (LoopShare share in _shares)
        {
            share.Loop.Post(static s => ((LoopShare)s!).AbortAll(), share);
        }
    }

    private async Task AcceptAllAsync(IConnectionListener listener, Loop loop, TaskCompletionSource ended)
    {
        try
        {
            while (await listener.AcceptAsync() is { } connection)
            {
                StartSafely(connection, loop);
            }
            ended.SetResult();
        }
        catch (Exception e)
        {
            ended.SetException(e);
        }
    }

    /// <summary>What one connection does wrong, and what we do wrong with it, must not end its listener.</summary>
    private void StartSafely(ConnectionContext connection, Loop loop)
    {
        try
        {
            Start(connection, loop);
        }
        catch (Exception e)
        {
            connection.Abort(new ConnectionAbortedException("the connection could not be served", e));
            loop.Faulted?.Invoke(e);
        }
    }
}
