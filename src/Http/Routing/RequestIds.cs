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
        Span<byte> text = into.Extend(Length);
        int at = 0;
        for (int i = 0; i < IdBytes; i++)
        {
            if (i is 4 or 6 or 8 or 10)
            {
                text[at++] = (byte)'-';
            }
            text[at++] = Digit(id[i] >> 4);
            text[at++] = Digit(id[i] & 0x0F);
        }
        id.Clear(); // an id that was used says nothing about the next, and stays nowhere
    }

    private static byte Digit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);
}
