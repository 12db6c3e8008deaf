namespace Pomerium.Fast.Config.Binding;

/// <summary>Standard base64 with padding; line breaks inside are ignored (config spec 1.5).</summary>
internal static class Base64Converter
{
    public static bool TryConvert(string text, out byte[] value, out string cause)
    {
        string packed = text.Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal);
        int bad = FirstBad(packed);
        value = new byte[(packed.Length / 4 * 3) + 3];
        if (bad < 0 && Convert.TryFromBase64String(packed, value, out int written))
        {
            value = value[..written];
            cause = "";
            return true;
        }
        value = [];
        cause = $"illegal base64 data at input byte {(bad < 0 ? packed.Length : bad)}";
        return false;
    }

    /// <summary>The framework's decoder passes over blanks; here they are wrong.</summary>
    private static int FirstBad(string text)
    {
        ReadOnlySpan<char> body = text.AsSpan().TrimEnd('=');
        for (int i = 0; i < body.Length; i++)
        {
            if (!char.IsAsciiLetterOrDigit(body[i]) && body[i] is not ('+' or '/'))
            {
                return i;
            }
        }
        return -1;
    }
}
