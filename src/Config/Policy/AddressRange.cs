using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Pomerium.Fast.Config.Policy;

/// <summary>
/// A range of addresses as the first <see cref="Length"/> bits of 16 bytes, IPv4 mapped into IPv6. Host bits are
/// ignored (policy 3.6).
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AddressRange(UInt128 Network, int Length)
{
    private const int MappedBits = 96;

    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>Only ranges inside the mapped block hold IPv4 addresses, and they hold no others.</summary>
    public bool IsIPv4 => Length >= MappedBits && IsMapped(Network);

    public static bool IsMapped(UInt128 address) => address >> 32 == 0xFFFF;

    public static UInt128 Mask(int length) => length == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - length);

    public bool Contains(UInt128 address) => IsMapped(address) == IsIPv4 && (address & Mask(Length)) == Network;

    /// <summary>An address or CIDR range; no ports, zones, names or blanks.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out AddressRange range)
    {
        range = default;
        int slash = text.IndexOf('/');
        ReadOnlySpan<char> address = slash < 0 ? text : text[..slash];
        if (!TryAddress(address, out UInt128 bits))
        {
            return false;
        }
        bool dotted = !address.Contains(':');
        int lengthMax = dotted ? 32 : 128;
        int length = lengthMax;
        if (slash >= 0 && !TryLength(text[(slash + 1)..], lengthMax, out length))
        {
            return false;
        }
        length += dotted ? MappedBits : 0;
        range = new AddressRange(bits & Mask(length), length);
        return true;
    }

    private static bool TryLength(ReadOnlySpan<char> text, int max, out int length) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out length)
        && length <= max
        && (text.Length == 1 || text[0] != '0');

    private static bool TryAddress(ReadOnlySpan<char> text, out UInt128 bits)
    {
        bits = default;
        if (!text.Contains(':'))
        {
            return TryDotted(text, out bits);
        }
        // The library's parser also takes brackets, ports and zones.
        if (
            text.ContainsAnyExcept(AddressCharacters)
            || !IPAddress.TryParse(text, out IPAddress? address)
            || address.AddressFamily != AddressFamily.InterNetworkV6
        )
        {
            return false;
        }
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bits = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return true;
    }

    /// <summary>Four decimal numbers; the library's parser also takes octal, hexadecimal and shortened forms.</summary>
    private static bool TryDotted(ReadOnlySpan<char> text, out UInt128 bits)
    {
        bits = 0xFFFF;
        int parts = 0;
        foreach (Range part in text.Split('.'))
        {
            if (!TryLength(text[part], 255, out int value))
            {
                return false;
            }
            bits = (bits << 8) | (uint)value;
            parts++;
        }
        return parts == 4;
    }
}
