using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Kit.Wire;
using Pomerium.Fast.Transport;
using Pomerium.Fast.Transport.InMemory;
using Pomerium.Fast.Transport.Loops;
using Xunit;

namespace Pomerium.Fast.Kit.Peers;

/// <summary>
/// A client or an upstream as a test plays it: sends wire text, expects wire text. Lives on the test's manual loop and
/// turns it until nothing moves. One character is one byte.
/// </summary>
public sealed class PipePeer
{
    private readonly ManualLoop _loop;
    private readonly ConnectionContext _connection;
    private readonly StringBuilder _arrived = new();
    private readonly Queue<byte[]> _toSend = new();
    private bool _sending;
    private bool _reading;
    private bool _endAfterSending;

    /// <param name="paused">Reads nothing until <see cref="Resume"/>: a slow reader.</param>
    public PipePeer(ManualLoop loop, ConnectionContext connection, bool paused = false)
    {
        _loop = loop;
        _connection = connection;
        if (!paused)
        {
            Resume();
        }
    }

    public ConnectionContext Connection => _connection;

    /// <summary>The other side ended its output or the connection broke.</summary>
    public bool Ended { get; private set; }

    /// <summary>The other side aborted rather than ended.</summary>
    public bool EndedBadly => _connection.Features.Get<IConnectionStateFeature>()!.EndedBadly;

    /// <summary>Everything was taken by the other side's pipe; false means that it holds back.</summary>
    public bool AllSent => _toSend.Count == 0 && !_sending;

    /// <summary>What arrived and was not yet taken.</summary>
    public string Arrived
    {
        get
        {
            _loop.RunUntilIdle();
            return _arrived.ToString();
        }
    }

    /// <summary>Connects to a place that something on the same loop listens on.</summary>
    public static PipePeer Dial(ManualLoop loop, InMemoryEndPoint endPoint, bool paused = false)
    {
        ValueTask<DialResult> dial = loop.DialAsync(new DialOptions { EndPoint = endPoint });
        Assert.True(dial.IsCompletedSuccessfully, "an in-memory dial is answered at once");
        DialResult result = dial.Result;
        Assert.Equal(DialFailure.None, result.Failure);
        return new PipePeer(loop, result.Connection!, paused);
    }

    public PipePeer Send(string wire) => Send(Encoding.Latin1.GetBytes(wire));

    public PipePeer Send(byte[] bytes)
    {
        _toSend.Enqueue(bytes);
        _loop.Post(static p => ((PipePeer)p!).Pump(), this);
        _loop.RunUntilIdle();
        return this;
    }

    /// <summary>Lines with CRLF after each; an empty one ends a head.</summary>
    public PipePeer SendLines(params string[] lines) => Send(string.Concat(lines.Select(static l => l + "\r\n")));

    /// <summary>Each part after the one before it was digested.</summary>
    public PipePeer Send(WireInput input)
    {
        foreach (ReadOnlyMemory<byte> part in input.Parts)
        {
            Send(part.ToArray());
        }
        return this;
    }

    /// <summary>Ends the output in order, after what was sent; input stays open.</summary>
    public PipePeer End()
    {
        _endAfterSending = true;
        _loop.Post(static p => ((PipePeer)p!).Pump(), this);
        _loop.RunUntilIdle();
        return this;
    }

    /// <summary>As a reset by the peer.</summary>
    public PipePeer Reset()
    {
        _connection.Abort(new ConnectionAbortedException("reset by the test"));
        _loop.RunUntilIdle();
        return this;
    }

    /// <summary>Closes both directions in order.</summary>
    public PipePeer Close()
    {
        _loop.Post(static c => _ = ((ConnectionContext)c!).DisposeAsync().AsTask(), _connection);
        _loop.RunUntilIdle();
        return this;
    }

    /// <summary>Starts to read what arrives.</summary>
    public PipePeer Resume()
    {
        if (!_reading)
        {
            _reading = true;
            _loop.Post(static p => _ = ((PipePeer)p!).ReadAsync(), this);
            _loop.RunUntilIdle();
        }
        return this;
    }

    /// <summary>What arrived, exactly; the next expectation begins after it.</summary>
    public PipePeer Expect(string wire)
    {
        string arrived = Arrived;
        Assert.Equal(wire, arrived);
        _arrived.Clear();
        return this;
    }

    /// <summary>Lines with CRLF after each, and nothing after them.</summary>
    public PipePeer ExpectLines(params string[] lines) => Expect(string.Concat(lines.Select(static l => l + "\r\n")));

    public PipePeer ExpectNothing() => Expect("");

    /// <summary>The beginning of what arrived; the rest stays.</summary>
    public PipePeer ExpectStart(string wire)
    {
        Assert.StartsWith(wire, Arrived, StringComparison.Ordinal);
        _arrived.Remove(0, wire.Length);
        return this;
    }

    /// <summary>Takes one head: start line and fields up to and with the empty line.</summary>
    public string TakeHead()
    {
        string arrived = Arrived;
        int end = arrived.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.True(end >= 0, $"no whole head arrived, only: {arrived}");
        _arrived.Remove(0, end + 4);
        return arrived[..(end + 4)];
    }

    /// <summary>Takes all that arrived.</summary>
    public string TakeAll()
    {
        string arrived = Arrived;
        _arrived.Clear();
        return arrived;
    }

    /// <summary>The other side ended in order.</summary>
    public PipePeer ExpectEnd()
    {
        _loop.RunUntilIdle();
        Assert.True(Ended, "the connection is still open");
        Assert.False(EndedBadly, "the connection was aborted");
        return this;
    }

    /// <summary>The other side aborted.</summary>
    public PipePeer ExpectReset()
    {
        _loop.RunUntilIdle();
        Assert.True(Ended, "the connection is still open");
        Assert.True(EndedBadly, "the connection ended in order");
        return this;
    }

    public PipePeer ExpectOpen()
    {
        _loop.RunUntilIdle();
        Assert.False(Ended, "the connection has ended");
        return this;
    }

    private async Task ReadAsync()
    {
        PipeReader input = _connection.Transport.Input;
        while (true)
        {
            ReadResult result = await input.ReadAsync();
            foreach (ReadOnlyMemory<byte> part in result.Buffer)
            {
                _arrived.Append(Encoding.Latin1.GetString(part.Span));
            }
            input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                Ended = true;
                return;
            }
        }
    }

    private void Pump()
    {
        if (!_sending)
        {
            _sending = true;
            _ = SendAsync();
        }
    }

    private async Task SendAsync()
    {
        while (_toSend.TryDequeue(out byte[]? bytes))
        {
            FlushResult flushed = await _connection.Transport.Output.WriteAsync(bytes);
            if (flushed.IsCompleted)
            {
                _toSend.Clear();
            }
        }
        _sending = false;
        if (_endAfterSending)
        {
            await _connection.Transport.Output.CompleteAsync();
        }
    }
}
