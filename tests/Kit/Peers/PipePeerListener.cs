using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Transport;
using Pomerium.Fast.Transport.InMemory;
using Pomerium.Fast.Transport.Loops;
using Xunit;

namespace Pomerium.Fast.Kit.Peers;

/// <summary>A place that the code under test dials; the test plays whoever is behind it.</summary>
public sealed class PipePeerListener
{
    private readonly ManualLoop _loop;
    private readonly IConnectionListener _listener;
    private readonly Queue<PipePeer> _accepted = new();

    /// <param name="paused">Accepted peers read nothing until they are resumed.</param>
    public PipePeerListener(ManualLoop loop, string name = "upstream", bool paused = false)
    {
        _loop = loop;
        EndPoint = new InMemoryEndPoint(name);
        ValueTask<IConnectionListener> listen = loop.ListenAsync(
            new ListenerOptions { EndPoint = EndPoint },
            CancellationToken.None
        );
        Assert.True(listen.IsCompletedSuccessfully, "an in-memory listener opens at once");
        _listener = listen.Result;
        loop.Post(_ => _ = AcceptAsync(paused), null);
    }

    public InMemoryEndPoint EndPoint { get; }

    /// <summary>Connections so far.</summary>
    public int Count { get; private set; }

    /// <summary>The next connection; there must be one.</summary>
    public PipePeer Accept()
    {
        _loop.RunUntilIdle();
        Assert.True(_accepted.TryDequeue(out PipePeer? peer), "nobody connected");
        return peer!;
    }

    public void ExpectNoConnection()
    {
        _loop.RunUntilIdle();
        Assert.Empty(_accepted);
    }

    /// <summary>From now on dialing is refused.</summary>
    public void Close()
    {
        _ = _listener.UnbindAsync().AsTask();
        _loop.RunUntilIdle();
    }

    private async Task AcceptAsync(bool paused)
    {
        while (await _listener.AcceptAsync() is { } connection)
        {
            Count++;
            _accepted.Enqueue(new PipePeer(_loop, connection, paused));
        }
    }
}
