using System.Buffers;

namespace Pomerium.Fast.Http.H1;

/// <summary>
/// A sequence as one piece. The socket transports give one segment, which costs nothing here; stock pipes may give
/// several, which are copied, bounded by the pipe's own limit.
/// </summary>
internal sealed class Contiguous
{
    private byte[]? _rented;

    public ReadOnlyMemory<byte> Hold(in ReadOnlySequence<byte> bytes)
    {
        if (bytes.IsSingleSegment)
        {
            return bytes.First;
        }
        int length = (int)bytes.Length;
        _rented = ArrayPool<byte>.Shared.Rent(length);
        bytes.CopyTo(_rented);
        return _rented.AsMemory(0, length);
    }

    public void Release()
    {
        if (_rented is { } rented)
        {
            _rented = null;
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
