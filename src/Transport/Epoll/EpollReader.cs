using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Pomerium.Fast.Transport.Buffers;
using Pomerium.Fast.Transport.Tls;

namespace Pomerium.Fast.Transport.Epoll;

/// <summary>
/// The read side: one contiguous buffer, so parsers see spans. A waiting connection holds none; a connection whose
/// reads fill their buffer gets larger ones. A read is tried before it is waited for.
/// </summary>
internal sealed class EpollReader(EpollConnection connection) : PipeReader, IValueTaskSource<ReadResult>
{
    /// <summary>More than this unread is back-pressure: the kernel's buffer fills, then the peer's (hardening 2.2).</summary>
    public const int BufferedMax = 256 * 1024;
    private ManualResetValueTaskSourceCore<ReadResult> _source;
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private int _examined;
    private int _wanted = SlabPool.Small;
    private bool _readable = true; // edge-triggered: true until a read says "again"
    private bool _ended;
    private bool _canceled;
    private bool _waiting;

    public bool MayHaveSomething => _readable || _ended || _end > _start;

    public override bool TryRead(out ReadResult result)
    {
        connection.Loop.AssertCurrent();
        if (_end > _examined || _ended || _canceled || (_readable && Fill()))
        {
            result = Take();
            return true;
        }
        result = default;
        return false;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (TryRead(out ReadResult result))
        {
            return new(result);
        }
        ReleaseIfEmpty();
        _source.Reset();
        _waiting = true;
        return new(this, _source.Version);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_buffer is null)
        {
            return;
        }
        _start = consumed.GetInteger();
        _examined = Math.Max(examined.GetInteger(), _start);
        if (_start == _end)
        {
            _start = _end = _examined = 0;
            if (connection.IsClosed)
            {
                Release();
            }
        }
    }

    public override void CancelPendingRead()
    {
        _canceled = true;
        Wake();
    }

    public override void Complete(Exception? exception = null)
    {
        _ended = true;
        Release();
    }

    /// <summary>More may have come; somebody who waits gets it now.</summary>
    public void OnReadable()
    {
        _readable = true;
        if (_waiting && Fill())
        {
            Wake();
        }
    }

    public void NoteReadable() => _readable = true;

    public void OnClosed()
    {
        _ended = true;
        Wake();
        ReleaseIfEmpty();
    }

    public ReadResult GetResult(short token) => _source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _source.OnCompleted(continuation, state, token, ValueTaskSourceOnCompletedFlags.None);

    /// <summary>Reads what the descriptor has; true when there is something new to tell.</summary>
    private bool Fill()
    {
        if (_end - _start >= BufferedMax)
        {
            return false;
        }
        MakeRoom();
        Span<byte> room = _buffer.AsSpan(_end);
        switch (connection.Receive(room, out int read))
        {
            case TlsStatus.Done:
                _end += read;
                // A short read emptied the socket: the next edge tells of more. TLS may hold decrypted bytes back.
                _readable = read == room.Length || connection.Tls is not null;
                _wanted =
                    read < room.Length ? _wanted
                    : _wanted < SlabPool.Medium ? SlabPool.Medium
                    : SlabPool.Large;
                return true;
            case TlsStatus.WantRead or TlsStatus.WantWrite:
                _readable = false;
                return false;
            default:
                _readable = false;
                _ended = true;
                return true;
        }
    }

    private void MakeRoom()
    {
        if (_buffer is null)
        {
            _buffer = connection.Loop.Slabs.Rent(_wanted);
            return;
        }
        if (_buffer.Length - _end >= Math.Min(_buffer.Length / 4, SlabPool.Small))
        {
            return;
        }
        int length = _end - _start;
        byte[] next = _buffer;
        if (length > _buffer.Length / 2)
        {
            next = connection.Loop.Slabs.Rent(Math.Min(_buffer.Length * 8, Math.Max(SlabPool.Large, length * 2)));
        }
        Buffer.BlockCopy(_buffer, _start, next, 0, length);
        if (next != _buffer)
        {
            connection.Loop.Slabs.Return(_buffer);
            _buffer = next;
        }
        _examined -= _start;
        _end = length;
        _start = 0;
    }

    private ReadResult Take()
    {
        bool canceled = _canceled;
        _canceled = false;
        ReadOnlySequence<byte> bytes = _buffer is null
            ? ReadOnlySequence<byte>.Empty
            : new ReadOnlySequence<byte>(_buffer, _start, _end - _start);
        return new ReadResult(bytes, canceled, _ended);
    }

    private void Wake()
    {
        if (_waiting)
        {
            _waiting = false;
            _source.SetResult(Take());
        }
    }

    private void ReleaseIfEmpty()
    {
        if (_start == _end)
        {
            Release();
        }
    }

    private void Release()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            _start = _end = _examined = 0;
            connection.Loop.Slabs.Return(buffer);
        }
    }
}
