namespace Pomerium.Fast.Server.Telemetry;

/// <summary>
/// Lines of one producing thread on their way to the writing thread: a byte ring with one producer and one consumer,
/// so neither ever waits for the other. A line that does not fit is dropped and counted.
/// </summary>
internal sealed class LogRing(int capacity)
{
    private readonly byte[] _bytes = new byte[capacity];
    private long _written; // by the producer
    private long _read; // by the consumer
    private long _dropped;

    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Producer only. False when the ring is full.</summary>
    public bool TryWrite(ReadOnlySpan<byte> line)
    {
        long written = _written;
        if (_bytes.Length - (written - Volatile.Read(ref _read)) < line.Length)
        {
            Volatile.Write(ref _dropped, _dropped + 1);
            return false;
        }
        int start = (int)(written % _bytes.Length);
        int first = Math.Min(line.Length, _bytes.Length - start);
        line[..first].CopyTo(_bytes.AsSpan(start));
        line[first..].CopyTo(_bytes);
        Volatile.Write(ref _written, written + line.Length);
        return true;
    }

    /// <summary>Consumer only: hands all that waits to the stream; true when there was something.</summary>
    public bool Drain(Stream to)
    {
        long written = Volatile.Read(ref _written);
        long read = _read;
        if (written == read)
        {
            return false;
        }
        int start = (int)(read % _bytes.Length);
        int length = (int)(written - read);
        int first = Math.Min(length, _bytes.Length - start);
        to.Write(_bytes, start, first);
        to.Write(_bytes, 0, length - first);
        Volatile.Write(ref _read, written);
        return true;
    }
}
