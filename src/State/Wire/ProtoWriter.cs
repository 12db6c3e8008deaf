using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Pomerium.Fast.State.Wire;

/// <summary>Writes the protobuf wire format (proto3: default values are left out).</summary>
internal sealed class ProtoWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new(256);

    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    public void Text(int field, string value)
    {
        if (value.Length > 0)
        {
            Bytes(field, Encoding.UTF8.GetBytes(value));
        }
    }

    /// <summary>A text that is written even when empty: member of a oneof or of a list.</summary>
    public void TextAlways(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public void Flag(int field, bool value)
    {
        if (value)
        {
            FlagAlways(field, value);
        }
    }

    public void FlagAlways(int field, bool value) => Number(field, value ? 1UL : 0UL);

    public void Number(int field, ulong value)
    {
        Tag(field, ProtoReader.Varint);
        Raw(value);
    }

    public void Float(int field, double value)
    {
        Tag(field, ProtoReader.Fixed64);
        BinaryPrimitives.WriteDoubleLittleEndian(_bytes.GetSpan(8), value);
        _bytes.Advance(8);
    }

    /// <summary>A google.protobuf.Timestamp; <see cref="DateTimeOffset.MinValue"/> is left out.</summary>
    public void Time(int field, DateTimeOffset value)
    {
        if (value == DateTimeOffset.MinValue)
        {
            return;
        }
        ProtoWriter time = new();
        long ticks = value.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        long seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out long rest);
        if (rest < 0)
        {
            seconds--;
            rest += TimeSpan.TicksPerSecond;
        }
        time.Number(1, (ulong)seconds);
        time.Number(2, (ulong)rest * 100);
        Message(field, time);
    }

    public void Message(int field, ProtoWriter message) => Bytes(field, message.Written.Span);

    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, ProtoReader.Delimited);
        Raw((ulong)value.Length);
        _bytes.Write(value);
    }

    private void Tag(int field, int wireType) => Raw(((ulong)field << 3) | (uint)wireType);

    private void Raw(ulong value)
    {
        Span<byte> into = _bytes.GetSpan(10);
        int length = 0;
        while (value >= 0x80)
        {
            into[length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        into[length++] = (byte)value;
        _bytes.Advance(length);
    }
}
