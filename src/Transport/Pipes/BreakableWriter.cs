using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace Pomerium.Fast.Transport.Pipes;

/// <summary>A stock pipe's writer that tells its owner of activity and for which a broken connection is an end.</summary>
internal sealed class BreakableWriter(PipeWriter inner, IPipeOwner owner) : PipeWriter, IValueTaskSource<FlushResult>
{
    private ManualResetValueTaskSourceCore<FlushResult> _source;
    private ValueTask<FlushResult> _pending;
    private Action? _onFlushed;
    private volatile bool _broken;

    public override bool CanGetUnflushedBytes => true;
    public override long UnflushedBytes => inner.UnflushedBytes;

    /// <summary>A flush has not been taken yet.</summary>
    public bool IsPending { get; private set; }

    /// <summary>The connection is broken: whoever flushes is told that it is over. From any thread.</summary>
    public void Break()
    {
        _broken = true;
        inner.CancelPendingFlush();
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_broken)
        {
            return new(End());
        }
        try
        {
            return Follow(inner.FlushAsync(cancellationToken));
        }
        catch (Exception e) when (BreakableReader.IsBreak(e))
        {
            // A stock pipe throws at once when the far side has ended it with a failure already.
            owner.OnPipeBroken();
            return new(End());
        }
    }

    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source,
        CancellationToken cancellationToken = default
    )
    {
        if (_broken)
        {
            return new(End());
        }
        try
        {
            return Follow(inner.WriteAsync(source, cancellationToken));
        }
        catch (Exception e) when (BreakableReader.IsBreak(e))
        {
            owner.OnPipeBroken();
            return new(End());
        }
    }

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        // A socket has no way to say why; whoever reads sees the end.
        inner.Complete();
        owner.OnPipeWritten();
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
        owner.OnPipeWritten();
        if (flush.IsCompletedSuccessfully)
        {
            FlushResult result = flush.Result;
            return new(_broken ? End() : result);
        }
        _source.Reset();
        IsPending = true;
        _pending = flush;
        flush.GetAwaiter().UnsafeOnCompleted(_onFlushed ??= OnFlushed);
        return new(this, _source.Version);
    }

    private void OnFlushed()
    {
        ValueTask<FlushResult> pending = _pending;
        _pending = default;
        IsPending = false;
        try
        {
            FlushResult result = pending.GetAwaiter().GetResult();
            _source.SetResult(_broken ? End() : result);
        }
        catch (OperationCanceledException e)
        {
            _source.SetException(e);
        }
        catch (Exception)
        {
            // The far side of the pipe ended it with its own failure: to the writer that is the end.
            owner.OnPipeBroken();
            _source.SetResult(End());
        }
    }

    private static FlushResult End() => new(isCanceled: false, isCompleted: true);
}
