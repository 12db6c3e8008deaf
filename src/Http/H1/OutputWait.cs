using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Pomerium.Fast.Http.H1;

/// <summary>
/// Writing to a pipe without an async state machine. What is written gathers until it is flushed; a flush that must
/// wait is the back-pressure, and its end is told through one delegate. Loop-affine.
/// </summary>
internal sealed class OutputWait
{
    private readonly Action _completed;
    private ConfiguredValueTaskAwaitable<FlushResult>.ConfiguredValueTaskAwaiter _awaiter;
    private bool _waiting;
    private long _written;

    public OutputWait(PipeWriter writer)
    {
        Writer = writer;
        _completed = OnCompleted;
    }

    public PipeWriter Writer { get; }

    /// <summary>Called when a flush that <see cref="TryFlush"/> began has ended.</summary>
    public Action? Ready { get; set; }

    /// <summary>The peer takes no more.</summary>
    public bool IsBroken { get; private set; }
    public long Unflushed => Writer.UnflushedBytes;

    /// <summary>Bytes that have left this side so far.</summary>
    public long Taken => _written - Writer.UnflushedBytes;

    public Span<byte> GetSpan(int size) => Writer.GetSpan(size);

    public void Advance(int count)
    {
        _written += count;
        Writer.Advance(count);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Writer.GetSpan(bytes.Length));
        Advance(bytes.Length);
    }

    /// <summary>Sends what was written. False: the peer is slow, and <see cref="Ready"/> follows.</summary>
    public bool TryFlush()
    {
        if (IsFlushing())
        {
            return false;
        }
        return Unflushed == 0 || Await(Writer.FlushAsync());
    }

    /// <summary>Sends these bytes without gathering them first; only while nothing is unflushed and no flush is under way.</summary>
    public bool TrySend(ReadOnlyMemory<byte> bytes)
    {
        _written += bytes.Length;
        return Await(Writer.WriteAsync(bytes));
    }

    /// <summary>A flush still waits for the peer.</summary>
    public bool IsFlushing()
    {
        if (_waiting && _awaiter.IsCompleted)
        {
            _waiting = false;
            IsBroken |= _awaiter.GetResult().IsCompleted;
        }
        return _waiting;
    }

    private bool Await(ValueTask<FlushResult> flush)
    {
        _awaiter = flush.ConfigureAwait(false).GetAwaiter();
        if (_awaiter.IsCompleted)
        {
            IsBroken |= _awaiter.GetResult().IsCompleted;
            return true;
        }
        _waiting = true;
        _awaiter.UnsafeOnCompleted(_completed);
        return false;
    }

    private void OnCompleted() => Ready?.Invoke();
}
