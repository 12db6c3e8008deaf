using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Pomerium.Fast.Transport.Buffers;
using Pomerium.Fast.Transport.Tls;

namespace Pomerium.Fast.Transport.Epoll;

/// <summary>
/// The read side: one contiguous buffer, so parsers see spans. A waiting connection holds none; a connection whose
/// reads fill their buffer gets a larger one. The socket is read only when somebody asks for more than there is,
/// which is the back-pressure, and a read is tried before it is waited for.
/// </summary>
internal sealed class EpollReader(EpollConnection connection) : PipeReader, IValueTaskSource<ReadResult>
{
    /// <summary>Nobody may keep more than this unread and still ask for more; parsers have smaller limits of their own.</summary>
    public const int BufferedMax = 512 * 1024;
    private ManualResetValueTaskSourceCore<ReadResult> _source;
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private int _examined;
    private int _wanted = SlabPool.Small;
    private bool _readable = true; // edge-triggered: true until a read took all there was
    private bool _hungUp; // the peer's end is or will be there: no further edge comes for it
    private bool _ended;
    private bool _canceled;
    private bool _waiting;
    private bool _handedOut; // between a read and its AdvanceTo the buffer is the caller's

    /// <summary>TLS wants to write before it can read on.</summary>
    public bool BlockedOnWrite { get; private set; }

    /// <summary>Nothing to read and no end; looks at the socket when an edge came since the last read.</summary>
    public bool IsQuiet
    {
        get
        {
            if (_ended || _end > _start || (_readable && Fill()))
            {
                return false;
            }
            ReleaseIfEmpty();
            return true;
        }
    }

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
        _handedOut = false;
        if (_buffer is null)
        {
            return;
        }
        _start = Index(consumed);
        _examined = Math.Max(Index(examined), _start);
        if (_start == _end)
        {
            _start = _end = _examined = 0;
        }
        if (connection.IsClosed)
        {
            Release();
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
    public void OnReadable(bool hungUp)
    {
        NoteReadable(hungUp);
        if (_waiting && Fill())
        {
            Wake();
        }
    }

    public void NoteReadable(bool hungUp)
    {
        _hungUp |= hungUp;
        _readable = true;
    }

    /// <summary>The connection is gone: a waiting reader is told in the next turn, so that no caller is re-entered.</summary>
    public void OnClosed()
    {
        _ended = true;
        if (!_handedOut)
        {
            Release();
        }
        if (_waiting)
        {
            connection.Loop.Post(static r => ((EpollReader)r!).Wake(), this);
        }
    }

    public ReadResult GetResult(short token) => _source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _source.OnCompleted(continuation, state, token, ValueTaskSourceOnCompletedFlags.None);

    // A position at the end of a sequence over an array carries a flag in the sign bit.
    private static int Index(SequencePosition position) => position.GetInteger() & int.MaxValue;

    /// <summary>Reads what the descriptor has; true when there is something new to tell.</summary>
    private bool Fill()
    {
        if (_end - _start >= BufferedMax)
        {
            connection.NoteBadEnd();
            _ended = true;
            return true;
        }
        MakeRoom();
        Span<byte> room = _buffer.AsSpan(_end);
        BlockedOnWrite = false;
        switch (connection.Receive(room, out int read, out bool drained))
        {
            case TlsStatus.Done:
                _end += read;
                // Drained: the next byte brings an edge. The peer's end may have come with the last one.
                _readable = !drained || _hungUp;
                _wanted = read == room.Length ? SlabPool.Medium : SlabPool.Small;
                return true;
            case TlsStatus.WantRead:
                _readable = false;
                return false;
            case TlsStatus.WantWrite:
                _readable = false;
                BlockedOnWrite = true;
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
            next = connection.Loop.Slabs.Rent(_buffer.Length * 2);
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
        _handedOut = true;
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
