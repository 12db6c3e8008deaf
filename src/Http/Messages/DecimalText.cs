using System.Buffers.Text;

namespace Pomerium.Fast.Http.Messages;

internal static class DecimalText
{
    public static void Append(long value, ByteBuffer into)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out int written);
        into.Append(digits[..written]);
    }
}
