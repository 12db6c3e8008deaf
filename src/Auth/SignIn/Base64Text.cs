using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary>base64url as the sign-in chain writes it; read with or without padding, never with blanks.</summary>
internal static class Base64Text
{
    public static string Padded(ReadOnlySpan<byte> bytes)
    {
        string text = Base64Url.EncodeToString(bytes);
        return text.PadRight((text.Length + 3) / 4 * 4, '=');
    }

    public static string Bare(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    public static bool TryRead(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.ContainsAny(Blanks) || !Base64Url.IsValid(text))
        {
            return false;
        }
        byte[] buffer = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, buffer, out _, out int written) != OperationStatus.Done)
        {
            return false;
        }
        bytes = buffer.AsSpan(0, written).ToArray();
        return true;
    }

    private static readonly SearchValues<char> Blanks = SearchValues.Create(" \t\r\n\f\v");
}
