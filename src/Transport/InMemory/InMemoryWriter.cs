using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace Pomerium.Fast.Transport.InMemory;

/// <summary>The write side of an end: tells the other end of activity, and a broken connection is an end.</summary>
internal sealed class InMemoryWriter(PipeWriter inner, InMemoryConnection connection)
    : PipeWriter,
        IValueTaskSource<FlushResult>
{
    private ManualResetValueTaskSourceCore<FlushResult> _source;
    private ValueTask<FlushResult> _pending;
    private Action? _onFlushed;
    private volatile bool _broken;

    public override bool CanGetUnflushedBytes => true;
    public override long UnflushedBytes => inner.UnflushedBytes;

    /// <summary>The connection is broken: whoever flushes is told that it is over. From any thread.</summary>
    public void Break()
    {
        _broken = true;
        inner.CancelPendingFlush();
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        _broken ? new(End()) : Follow(inner.FlushAsync(cancellationToken));

    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source,
        CancellationToken cancellationToken = default
    ) => _broken ? new(End()) : Follow(inner.WriteAsync(source, cancellationToken));

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        // A socket has no way to say why; whoever reads sees the end.
        inner.Complete();
        connection.TellPeer();
    }

    public FlushResult GetResult(short token) => _source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _source.OnCompleted(continuation, state, token, flags);

    private ValueTask<FlushResult> Follow(ValueTask<FlushResult> flush)
    {
        connection.TellPeer();
        if (flush.IsCompletedSuccessfully)
        {
            FlushResult result = flush.Result;
            return new(_broken ? End() : result);
        }
        _source.Reset();
        _pending = flush;
        flush.GetAwaiter().UnsafeOnCompleted(_onFlushed ??= OnFlushed);
        return new(this, _source.Version);
    }

    private void OnFlushed()
    {
        ValueTask<FlushResult> pending = _pending;
        _pending = default;
        try
        {
            FlushResult result = pending.GetAwaiter().GetResult();
            _source.SetResult(_broken ? End() : result);
        }
        catch (Exception e) when (e is OperationCanceledException or InvalidOperationException)
        {
            _source.SetException(e);
        }
    }

    private static FlushResult End() => new(isCanceled: false, isCompleted: true);
}
