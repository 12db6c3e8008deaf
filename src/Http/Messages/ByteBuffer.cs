namespace Pomerium.Fast.Http.Messages;

/// <summary>A small byte string that is refilled without allocating once it has grown to its traffic's size.</summary>
public sealed class ByteBuffer(int capacity)
{
    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public void Set(ReadOnlySpan<byte> value)
    {
        Length = 0;
        Append(value);
    }

    public void Append(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Extend(value.Length));
    }

    /// <summary>Makes the string longer by <paramref name="count"/> bytes and returns them to be filled.</summary>
    public Span<byte> Extend(int count)
    {
        if (Length + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        }
        Span<byte> added = _bytes.AsSpan(Length, count);
        Length += count;
        return added;
    }

    /// <summary>The bytes, to be changed in place.</summary>
    public Span<byte> Mutable => _bytes.AsSpan(0, Length);

    /// <summary>Puts other bytes in the place of <paramref name="count"/> bytes.</summary>
    public void Replace(int start, int count, ReadOnlySpan<byte> replacement)
    {
        int tail = Length - start - count;
        if (replacement.Length > count)
        {
            Extend(replacement.Length - count);
        }
        _bytes.AsSpan(start + count, tail).CopyTo(_bytes.AsSpan(start + replacement.Length));
        replacement.CopyTo(_bytes.AsSpan(start));
        Length = start + replacement.Length + tail;
    }

    public void Truncate(int length) => Length = Math.Min(length, Length);

    public void Clear() => Length = 0;
}
