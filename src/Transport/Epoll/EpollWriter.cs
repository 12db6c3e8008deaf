using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Pomerium.Fast.Transport.Buffers;
using Pomerium.Fast.Transport.Tls;

namespace Pomerium.Fast.Transport.Epoll;

/// <summary>
/// The write side: what is written gathers in one buffer and leaves in one call on flush; what the socket does not
/// take waits for its edge while the flush is pending, which is the back-pressure.
/// </summary>
internal sealed class EpollWriter(EpollConnection connection) : PipeWriter, IValueTaskSource<FlushResult>
{
    private ManualResetValueTaskSourceCore<FlushResult> _source;
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private bool _waiting;
    private bool _ended;
    private bool _endAfterFlush;
    private bool _canceled;

    public override bool CanGetUnflushedBytes => true;
    public override long UnflushedBytes => _end - _start;

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
        Push();
        return Pending();
    }

    /// <summary>Sends straight from the source when nothing waits before it: a relayed body is not copied.</summary>
    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source,
        CancellationToken cancellationToken = default
    )
    {
        connection.Loop.AssertCurrent();
        ReadOnlySpan<byte> bytes = source.Span;
        if (_start == _end && !_ended)
        {
            TlsStatus status = TlsStatus.Done;
            while (!bytes.IsEmpty && (status = connection.Send(bytes, out int sent)) == TlsStatus.Done)
            {
                bytes = bytes[sent..];
            }
            if (bytes.IsEmpty)
            {
                return new(default(FlushResult));
            }
            Note(status);
        }
        if (!_ended)
        {
            bytes.CopyTo(GetSpan(bytes.Length));
            Advance(bytes.Length);
        }
        return Pending();
    }

    public override void CancelPendingFlush()
    {
        _canceled = true;
        Wake();
    }

    /// <summary>Ends the output: the peer reads the end after what was written.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (_ended)
        {
            return;
        }
        Push();
        if (_start == _end)
        {
            connection.EndOutput();
            Release();
        }
        else
        {
            _endAfterFlush = true;
        }
    }

    public void OnWritable()
    {
        if (_start == _end)
        {
            return;
        }
        Push();
        if (_start == _end || _ended)
        {
            if (_endAfterFlush)
            {
                connection.EndOutput();
            }
            Wake();
        }
    }

    /// <summary>One last try; the kernel sends what it took after the close.</summary>
    public void FlushBeforeClose() => Push();

    public void OnClosed()
    {
        _ended = true;
        Release();
        Wake();
    }

    public FlushResult GetResult(short token) => _source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _source.OnCompleted(continuation, state, token, ValueTaskSourceOnCompletedFlags.None);

    private ValueTask<FlushResult> Pending()
    {
        if (_start == _end || _ended)
        {
            return new(new FlushResult(TakeCanceled(), _ended));
        }
        _source.Reset();
        _waiting = true;
        return new(this, _source.Version);
    }

    private void Push()
    {
        while (_start < _end && !_ended)
        {
            TlsStatus status = connection.Send(_buffer.AsSpan(_start, _end - _start), out int sent);
            if (status != TlsStatus.Done)
            {
                Note(status);
                return;
            }
            _start += sent;
        }
        Release();
    }

    private void Note(TlsStatus status)
    {
        if (status is not (TlsStatus.WantWrite or TlsStatus.WantRead))
        {
            _ended = true;
            Release();
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
