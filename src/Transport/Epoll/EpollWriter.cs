using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Pomerium.Fast.Transport.Buffers;
using Pomerium.Fast.Transport.Tls;

namespace Pomerium.Fast.Transport.Epoll;

/// <summary>
/// The write side. What a turn writes and flushes gathers in one buffer and leaves in one call at the turn's end: head
/// and body in one segment, or one TLS record. What the socket does not take waits for its edge while the flush is
/// pending, which is the back-pressure. A large body is sent from where it lies.
/// </summary>
internal sealed class EpollWriter(EpollConnection connection) : PipeWriter, IValueTaskSource<FlushResult>
{
    /// <summary>More than this is sent at once: one TLS record, and enough for one segment run.</summary>
    public const int GatherMax = 16 * 1024;
    private static readonly Action<object?> AtTurnEnd = static w => ((EpollWriter)w!).OnTurnEnd();
    private ManualResetValueTaskSourceCore<FlushResult> _source;
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private bool _gathering; // the turn's end will push
    private bool _blocked; // edge-triggered: the socket said "again"
    private bool _waiting;
    private bool _ended;
    private bool _completed;
    private bool _canceled;

    public override bool CanGetUnflushedBytes => true;
    public override long UnflushedBytes => _end - _start;

    /// <summary>Bytes wait for the socket.</summary>
    public bool IsBlocked => _blocked;

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 1));
        return _buffer.AsSpan(_end);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_end);
    }

    public override void Advance(int bytes) => _end += bytes;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        connection.Loop.AssertCurrent();
        if (_end - _start >= GatherMax && !_blocked)
        {
            Push();
        }
        return Flushed();
    }

    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source,
        CancellationToken cancellationToken = default
    )
    {
        connection.Loop.AssertCurrent();
        ReadOnlySpan<byte> bytes = source.Span;
        if (!_ended && !_blocked && _end - _start + bytes.Length >= GatherMax)
        {
            bytes = SendDirectly(bytes);
        }
        if (!_ended && !bytes.IsEmpty)
        {
            bytes.CopyTo(GetSpan(bytes.Length));
            Advance(bytes.Length);
        }
        return Flushed();
    }

    public override void CancelPendingFlush()
    {
        _canceled = true;
        Wake();
    }

    /// <summary>Ends the output: the peer reads the end after what was written.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (_completed)
        {
            return;
        }
        _completed = true;
        PushUnlessBlocked();
        EndWhenDone();
    }

    public void OnWritable()
    {
        if (!_blocked)
        {
            return;
        }
        _blocked = false;
        Push();
        if (!_blocked)
        {
            EndWhenDone();
            Wake();
        }
    }

    /// <summary>One last try; the kernel sends what it took after the close.</summary>
    public void FlushBeforeClose() => PushUnlessBlocked();

    /// <summary>The connection is gone: a waiting writer is told in the next turn, so that no caller is re-entered.</summary>
    public void OnClosed()
    {
        _ended = true;
        _blocked = false;
        Release();
        if (_waiting)
        {
            connection.Loop.Post(static w => ((EpollWriter)w!).Wake(), this);
        }
    }

    public FlushResult GetResult(short token) => _source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _source.OnCompleted(continuation, state, token, ValueTaskSourceOnCompletedFlags.None);

    private ValueTask<FlushResult> Flushed()
    {
        if (!_blocked || _ended)
        {
            if (_start < _end && !_gathering && !_ended)
            {
                _gathering = true;
                connection.Loop.AtTurnEnd(AtTurnEnd, this);
            }
            return new(new FlushResult(TakeCanceled(), _ended));
        }
        _source.Reset();
        _waiting = true;
        return new(this, _source.Version);
    }

    private void OnTurnEnd()
    {
        _gathering = false;
        PushUnlessBlocked();
    }

    /// <summary>What was gathered, then the bytes; returns what the socket did not take.</summary>
    private ReadOnlySpan<byte> SendDirectly(ReadOnlySpan<byte> bytes)
    {
        // TLS: a small rest in front shares the first record with the body's beginning.
        if (_start < _end && connection.Tls is not null)
        {
            int share = Math.Min(bytes.Length, Math.Max(GatherMax - (_end - _start), 0));
            bytes[..share].CopyTo(GetSpan(share));
            Advance(share);
            bytes = bytes[share..];
        }
        Push(more: !bytes.IsEmpty);
        while (!bytes.IsEmpty && !_blocked && !_ended)
        {
            TlsStatus status = connection.Send(bytes, more: false, out int sent);
            bytes = bytes[sent..];
            Note(status);
        }
        return bytes;
    }

    private void PushUnlessBlocked()
    {
        if (!_blocked)
        {
            Push();
        }
    }

    private void Push(bool more = false)
    {
        while (_start < _end && !_ended)
        {
            TlsStatus status = connection.Send(_buffer.AsSpan(_start, _end - _start), more, out int sent);
            _start += sent;
            if (status != TlsStatus.Done)
            {
                Note(status);
                return;
            }
        }
        Release();
    }

    private void Note(TlsStatus status)
    {
        switch (status)
        {
            case TlsStatus.Done:
                break;
            case TlsStatus.WantWrite or TlsStatus.WantRead:
                _blocked = true;
                break;
            default:
                _ended = true;
                Release();
                break;
        }
    }

    private void EndWhenDone()
    {
        if (_completed && !_blocked && !_ended)
        {
            _ended = true;
            Release();
            connection.EndOutput();
        }
    }

    private void MakeRoom(int size)
    {
        if (_buffer is null)
        {
            _buffer = connection.Loop.Slabs.Rent(size);
            return;
        }
        if (_buffer.Length - _end >= size)
        {
            return;
        }
        int length = _end - _start;
        byte[] next = connection.Loop.Slabs.Rent(Math.Max(length + size, Math.Min(_buffer.Length * 2, SlabPool.Large)));
        Buffer.BlockCopy(_buffer, _start, next, 0, length);
        connection.Loop.Slabs.Return(_buffer);
        _buffer = next;
        _start = 0;
        _end = length;
    }

    private void Wake()
    {
        if (_waiting)
        {
            _waiting = false;
            _source.SetResult(new FlushResult(TakeCanceled(), _ended));
        }
    }

    private bool TakeCanceled()
    {
        bool canceled = _canceled;
        _canceled = false;
        return canceled;
    }

    private void Release()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            _start = _end = 0;
            connection.Loop.Slabs.Return(buffer);
        }
    }
}
