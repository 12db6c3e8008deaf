using System.Buffers;

namespace Pomerium.Fast.Http.H1;

/// <summary>Sets of bytes that RFC 9110 and 9112 name, searched with vector instructions.</summary>
internal static class Octets
{
    /// <summary>tchar (RFC 9110 5.6.2).</summary>
    public static readonly SearchValues<byte> Token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8
    );

    /// <summary>What a field value may hold: HTAB, SP to ~, and 0x80 to 0xFF (RFC 9110 5.5).</summary>
    public static readonly SearchValues<byte> Value = SearchValues.Create([
        (byte)'\t',
        .. Enumerable.Range(0x20, 0x5F).Select(static b => (byte)b),
        .. Enumerable.Range(0x80, 0x80).Select(static b => (byte)b),
    ]);

    /// <summary>What a request target may hold raw; the rest is 400 (hardening 3.2).</summary>
    public static readonly SearchValues<byte> Target = SearchValues.Create(
        "!$%&'()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]_abcdefghijklmnopqrstuvwxyz~"u8
    );

    public static ReadOnlySpan<byte> TrimBlanks(ReadOnlySpan<byte> value) => value.Trim(" \t"u8);

    /// <summary>Decimal digits only, at most 19, at most 2^63-1 (hardening 3.3).</summary>
    public static bool TryLength(ReadOnlySpan<byte> digits, out long length)
    {
        length = 0;
        if (digits.Length is 0 or > 19)
        {
            return false;
        }
        ulong value = 0;
        foreach (byte b in digits)
        {
            if (b is < (byte)'0' or > (byte)'9')
            {
                return false;
            }
            value = (value * 10) + (uint)(b - '0');
        }
        length = (long)value;
        return value <= long.MaxValue;
    }
}
