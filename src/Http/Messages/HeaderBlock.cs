using System.Runtime.InteropServices;

namespace Pomerium.Fast.Http.Messages;

/// <summary>
/// The fields of one head, in order, as slices of one buffer that is kept from message to message: filling it
/// allocates nothing once it has grown to the traffic's size. Names keep the spelling in which they came.
/// </summary>
public sealed class HeaderBlock
{
    private byte[] _bytes = new byte[2048];
    private Field[] _fields = new Field[32];
    private int _used;

    [StructLayout(LayoutKind.Auto)]
    private struct Field
    {
        public int Start;
        public int NameLength;
        public int ValueLength;
        public KnownHeader Known;
    }

    public int Count { get; private set; }

    /// <summary>Bytes of names and values together.</summary>
    public int Bytes => _used;

    public ReadOnlySpan<byte> Name(int index) => _bytes.AsSpan(_fields[index].Start, _fields[index].NameLength);

    public ReadOnlySpan<byte> Value(int index)
    {
        ref Field field = ref _fields[index];
        return _bytes.AsSpan(field.Start + field.NameLength, field.ValueLength);
    }

    public KnownHeader Known(int index) => _fields[index].Known;

    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => Add(KnownHeaders.Find(name), name, value);

    /// <summary>Adds a field of a known name; the spelling is kept.</summary>
    public void Add(KnownHeader known, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Reserve(name.Length + value.Length);
        name.CopyTo(_bytes.AsSpan(_used));
        value.CopyTo(_bytes.AsSpan(_used + name.Length));
        _fields[Count++] = new Field
        {
            Start = _used,
            NameLength = name.Length,
            ValueLength = value.Length,
            Known = known,
        };
        _used += name.Length + value.Length;
    }

    /// <summary>The first field of the known name at or after <paramref name="from"/>; -1 when there is none.</summary>
    public int IndexOf(KnownHeader known, int from = 0)
    {
        for (int i = from; i < Count; i++)
        {
            if (_fields[i].Known == known)
            {
                return i;
            }
        }
        return -1;
    }

    /// <summary>The first field of the name (compared without case) at or after <paramref name="from"/>; -1 when there is none.</summary>
    public int IndexOf(ReadOnlySpan<byte> name, int from = 0)
    {
        for (int i = from; i < Count; i++)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(Name(i), name))
            {
                return i;
            }
        }
        return -1;
    }

    public bool TryGet(KnownHeader known, out ReadOnlySpan<byte> value)
    {
        int index = IndexOf(known);
        value = index < 0 ? default : Value(index);
        return index >= 0;
    }

    public bool TryGet(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        int index = IndexOf(name);
        value = index < 0 ? default : Value(index);
        return index >= 0;
    }

    public void Clear()
    {
        Count = 0;
        _used = 0;
    }

    private void Reserve(int bytes)
    {
        if (_used + bytes > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + bytes));
        }
        if (Count == _fields.Length)
        {
            Array.Resize(ref _fields, _fields.Length * 2);
        }
    }
}
