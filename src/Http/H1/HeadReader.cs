using System.IO.Pipelines;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Http.H1;

/// <summary>Waits for the next whole head of a connection. The caller parses it before it moves on. Loop-affine.</summary>
internal sealed class HeadReader(InputWait input)
{
    private readonly Contiguous _bytes = new();
    private ReadResult _read;
    private ReadOnlyMemory<byte> _memory;
    private int _scanned;
    private int _length;

    public enum Status : byte
    {
        /// <summary>Nothing more yet; the input's Ready follows.</summary>
        Wait,

        /// <summary><see cref="Head"/> is whole; <see cref="Consume"/> it.</summary>
        Complete,
        Malformed,
        TooLarge,

        /// <summary>The connection ended before a whole head came.</summary>
        Ended,
    }

    /// <summary>Some bytes of a head have come, but not all.</summary>
    public bool HasBegun { get; private set; }

    public ReadOnlySpan<byte> Head => _memory.Span[.._length];

    /// <summary>What has come of a head that is not whole; after Malformed and TooLarge.</summary>
    public ReadOnlySpan<byte> Partial => _memory.Span;

    public Status TryRead(int bytesMax, int lineMax)
    {
        while (true)
        {
            if (!input.TryRead(out _read))
            {
                return Status.Wait;
            }
            _memory = _bytes.Hold(_read.Buffer);
            HasBegun |= !_memory.IsEmpty;
            HeadScanner.Found found = HeadScanner.Scan(_memory.Span, ref _scanned, out _length);
            if (found == HeadScanner.Found.Complete)
            {
                return _length > bytesMax ? Status.TooLarge : Status.Complete;
            }
            if (found == HeadScanner.Found.Malformed)
            {
                return Status.Malformed;
            }
            if (_memory.Length > bytesMax || (_memory.Length > lineMax && _memory.Span.IndexOf((byte)'\n') < 0))
            {
                return Status.TooLarge;
            }
            bool ended = _read.IsCompleted;
            Release(0, examined: true);
            if (ended)
            {
                return Status.Ended;
            }
        }
    }

    /// <summary>Moves past bytes at the front: the head, or an empty line before it.</summary>
    public void Consume(int count)
    {
        Release(count, examined: false);
        _scanned = 0;
        HasBegun = false;
    }

    /// <summary>Gives back what a reader that stops still holds.</summary>
    public void Stop()
    {
        if (!_memory.IsEmpty)
        {
            Consume(0);
        }
    }

    private void Release(int consumed, bool examined)
    {
        SequencePosition position = _read.Buffer.GetPosition(consumed);
        input.AdvanceTo(position, examined ? _read.Buffer.End : position);
        _memory = default;
        _bytes.Release();
        _read = default;
    }
}
