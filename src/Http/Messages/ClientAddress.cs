using System.Net;
using System.Net.Sockets;

namespace Pomerium.Fast.Http.Messages;

/// <summary>An IP address as 16 bytes in network order; IPv4 as <c>::ffff:a.b.c.d</c>.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
public readonly record struct ClientAddress(ulong High, ulong Low)
{
    public bool IsIPv4 => High == 0 && Low >> 32 == 0xFFFF;

    public static ClientAddress From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            bytes[..10].Clear();
            bytes[10..12].Fill(0xFF);
            address.TryWriteBytes(bytes[12..], out _);
        }
        else
        {
            address.TryWriteBytes(bytes, out _);
        }
        return From(bytes);
    }

    public static ClientAddress From(ReadOnlySpan<byte> network16) =>
        new(
            System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(network16),
            System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(network16[8..])
        );

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
        return IsIPv4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes);
    }

    /// <summary>Text form (RFC 5952, dotted for IPv4) into <paramref name="utf8"/>; false when it does not fit (45 bytes always do).</summary>
    public bool TryFormat(Span<byte> utf8, out int written)
    {
        if (!IsIPv4)
        {
            return ToIPAddress().TryFormat(utf8, out written);
        }
        written = 0;
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            byte part = (byte)(Low >> shift);
            if (!System.Buffers.Text.Utf8Formatter.TryFormat(part, utf8[written..], out int digits))
            {
                return false;
            }
            written += digits;
            if (shift > 0)
            {
                if (written == utf8.Length)
                {
                    return false;
                }
                utf8[written++] = (byte)'.';
            }
        }
        return true;
    }
}
