using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace Pomerium.Fast.Transport.Pipes;

/// <summary>
/// A stock pipe's reader with the manners of a connection's: a broken connection is an end, neither a cancellation nor
/// an exception.
/// </summary>
internal sealed class BreakableReader(PipeReader inner, IPipeOwner owner) : PipeReader, IValueTaskSource<ReadResult>
{
    private ManualResetValueTaskSourceCore<ReadResult> _source;
    private ValueTask<ReadResult> _pending;
    private Action? _onRead;
    private volatile bool _broken;
    private bool _waiting;
    private bool _completed;
    private bool _handedEnd;

    /// <summary>Nothing to read and no end; asked on the end's own thread.</summary>
    public bool IsQuiet
    {
        get
        {
            if (_broken || _completed)
            {
                return false;
            }
            if (_waiting || !TryRead(out ReadResult result))
            {
                return true;
            }
            AdvanceTo(result.Buffer.Start);
            return result.IsCanceled && result.Buffer.IsEmpty && !result.IsCompleted;
        }
    }

    /// <summary>The connection is broken: whoever reads is told that it is over. From any thread.</summary>
    public void Break()
    {
        _broken = true;
        inner.CancelPendingRead();
    }

    public override bool TryRead(out ReadResult result)
    {
        if (_broken)
        {
            result = End();
            return true;
        }
        try
        {
            if (!inner.TryRead(out result))
            {
                return false;
            }
            result = Judge(result);
        }
        catch (Exception e) when (IsBreak(e))
        {
            owner.OnPipeBroken();
            result = End();
        }
        return true;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_broken)
        {
            return new(End());
        }
        try
        {
            return Follow(inner.ReadAsync(cancellationToken));
        }
        catch (Exception e) when (IsBreak(e))
        {
            // A stock pipe throws at once when it has ended with a failure already.
            owner.OnPipeBroken();
            return new(End());
        }
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_handedEnd)
        {
            _handedEnd = false;
            return;
        }
        if (!_completed)
        {
            inner.AdvanceTo(consumed, examined);
        }
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        _completed = true;
        inner.Complete(exception);
    }

    public ReadResult GetResult(short token) => _source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _source.OnCompleted(continuation, state, token, flags);

    private ValueTask<ReadResult> Follow(ValueTask<ReadResult> read)
    {
        if (read.IsCompletedSuccessfully)
        {
            ReadResult result = read.Result;
            return new(Judge(result));
        }
        _source.Reset();
        _waiting = true;
        _pending = read;
        read.GetAwaiter().UnsafeOnCompleted(_onRead ??= OnRead);
        return new(this, _source.Version);
    }

    private void OnRead()
    {
        ValueTask<ReadResult> pending = _pending;
        _pending = default;
        _waiting = false;
        try
        {
            _source.SetResult(Judge(pending.GetAwaiter().GetResult()));
        }
        catch (Exception e) when (IsBreak(e))
        {
            owner.OnPipeBroken();
            _source.SetResult(End());
        }
        catch (Exception e)
        {
            _source.SetException(e);
        }
    }

    /// <summary>The far side ended the pipe with its failure; what is left are mistakes of the caller.</summary>
    internal static bool IsBreak(Exception e) =>
        e is ObjectDisposedException or not (InvalidOperationException or OperationCanceledException);

    private ReadResult Judge(ReadResult result)
    {
        if (!_broken)
        {
            return result;
        }
        inner.AdvanceTo(result.Buffer.End);
        return End();
    }

    private ReadResult End()
    {
        _handedEnd = true;
        return new ReadResult(ReadOnlySequence<byte>.Empty, isCanceled: false, isCompleted: true);
    }
}
