using System.Buffers.Binary;
using System.Text;

namespace Pomerium.Fast.State.Wire;

/// <summary>Reads the protobuf wire format field by field. Broken input throws <see cref="FormatException"/>.</summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> bytes)
{
    public const int Varint = 0;
    public const int Fixed64 = 1;
    public const int Delimited = 2;
    public const int Fixed32 = 5;

    private ReadOnlySpan<byte> _rest = bytes;

    public int Field { get; private set; }
    public ulong Number { get; private set; }

    /// <summary>Of a delimited field.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }
        ulong tag = ReadVarint();
        Field = (int)(tag >> 3);
        switch ((int)(tag & 7))
        {
            case Varint:
                Number = ReadVarint();
                break;
            case Fixed64:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                break;
            case Delimited:
                ulong length = ReadVarint();
                Value = Take(length <= int.MaxValue ? (int)length : int.MaxValue);
                break;
            case Fixed32:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                break;
            default:
                throw new FormatException("unknown wire type");
        }
        return true;
    }

    public readonly string Text() => Encoding.UTF8.GetString(Value);

    public readonly DateTimeOffset Time()
    {
        long seconds = 0,
            nanoseconds = 0;
        ProtoReader time = new(Value);
        while (time.MoveNext())
        {
            if (time.Field == 1)
            {
                seconds = (long)time.Number;
            }
            else if (time.Field == 2)
            {
                nanoseconds = (long)time.Number;
            }
        }
        return seconds is < -62135596800 or > 253402300799
            ? DateTimeOffset.MaxValue
            : DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanoseconds / 100);
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
        {
            throw new FormatException("the record is cut short");
        }
        ReadOnlySpan<byte> taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte b = Take(1)[0];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }
        throw new FormatException("a number is too long");
    }
}
