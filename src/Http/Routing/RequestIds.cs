using System.Security.Cryptography;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Http.Routing;

/// <summary>
/// New request ids: UUIDs of version 4 as text. <see cref="Guid.NewGuid"/> asks the kernel each time, which was the one
/// system call of a request beside its reads and writes; here randomness is fetched for 256 ids at once.
/// </summary>
internal static class RequestIds
{
    public const int Length = 36;
    private const int IdBytes = 16;
    private const int Pooled = 256 * IdBytes;

    [ThreadStatic]
    private static byte[]? t_random;

    [ThreadStatic]
    private static int t_used;

    public static void Append(ByteBuffer into)
    {
        byte[] random = t_random ??= new byte[Pooled];
        if (t_used is 0 or Pooled)
        {
            RandomNumberGenerator.Fill(random);
            t_used = 0;
        }
        Span<byte> id = random.AsSpan(t_used, IdBytes);
        t_used += IdBytes;
        id[6] = (byte)((id[6] & 0x0F) | 0x40); // RFC 9562 5.4: version
        id[8] = (byte)((id[8] & 0x3F) | 0x80); // and variant
        Span<byte> digits = stackalloc byte[2 * IdBytes];
        Convert.TryToHexStringLower(id, digits, out _);
        Span<byte> text = into.Extend(Length);
        digits[..8].CopyTo(text);
        text[8] = (byte)'-';
        digits[8..12].CopyTo(text[9..]);
        text[13] = (byte)'-';
        digits[12..16].CopyTo(text[14..]);
        text[18] = (byte)'-';
        digits[16..20].CopyTo(text[19..]);
        text[23] = (byte)'-';
        digits[20..].CopyTo(text[24..]);
        id.Clear(); // an id that was used says nothing about the next, and stays nowhere
    }
}
