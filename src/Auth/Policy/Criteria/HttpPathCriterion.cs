using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Auth.Policy.Criteria;

/// <summary>
/// The path that selected the route, each escape decoded once, read as UTF-8 (policy 3.5). Decoding is for the
/// comparison alone.
/// </summary>
internal sealed class HttpPathCriterion(Utf8Matcher matcher)
    : RequestCriterion(Reasons.HttpPathOk, Reasons.HttpPathUnauthorized)
{
    private const int StackBytesMax = 512;

    // What replaces one byte that is no UTF-8 takes three.
    private const int GrowthMax = 3;

    public override bool Holds(Exchange exchange)
    {
        ReadOnlySpan<byte> path = exchange.Request.Path;
        return !path.Contains((byte)'%') && Ascii.IsValid(path) ? matcher.Matches(path) : HoldsDecoded(path);
    }

    private bool HoldsDecoded(ReadOnlySpan<byte> path)
    {
        int size = path.Length * (1 + GrowthMax);
        byte[]? rented = size > StackBytesMax ? ArrayPool<byte>.Shared.Rent(size) : null;
        Span<byte> work = rented ?? stackalloc byte[StackBytesMax];
        ReadOnlySpan<byte> decoded = work[..Decode(path, work)];
        if (!Utf8.IsValid(decoded))
        {
            decoded = Repair(decoded, work[path.Length..]);
        }
        bool holds = matcher.Matches(decoded);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
        return holds;
    }

    /// <summary>A malformed escape stays as written.</summary>
    private static int Decode(ReadOnlySpan<byte> path, Span<byte> into)
    {
        int written = 0;
        for (int i = 0; i < path.Length; i++)
        {
            byte b = path[i];
            if (b == '%' && i + 2 < path.Length && Hex(path[i + 1]) >= 0 && Hex(path[i + 2]) >= 0)
            {
                b = (byte)((Hex(path[i + 1]) << 4) | Hex(path[i + 2]));
                i += 2;
            }
            into[written++] = b;
        }
        return written;
    }

    /// <summary>Puts U+FFFD for what is no UTF-8.</summary>
    private static ReadOnlySpan<byte> Repair(ReadOnlySpan<byte> bytes, Span<byte> into)
    {
        int written = 0;
        while (!bytes.IsEmpty)
        {
            // A wrong sequence yields the replacement character.
            Rune.DecodeFromUtf8(bytes, out Rune rune, out int consumed);
            written += rune.EncodeToUtf8(into[written..]);
            bytes = bytes[consumed..];
        }
        return into[..written];
    }

    private static int Hex(byte b) => char.IsAsciiHexDigit((char)b) ? HexValue(b) : -1;

    private static int HexValue(byte b) => b <= '9' ? b - '0' : (b | 0x20) - 'a' + 10;
}
