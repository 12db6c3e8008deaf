using System.Globalization;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Binding;

/// <summary>Whole numbers, also as text and with the prefixes <c>0x</c>, <c>0o</c>, <c>0b</c> (config spec 1.5).</summary>
internal static class IntegerConverter
{
    public static bool TryConvert(ConfigNode node, out long value, out string cause)
    {
        value = 0;
        cause = "";
        if (node.IsScalar && TryParse(node.Text, out value))
        {
            return true;
        }
        // 1e3 and 5.0 are whole numbers written otherwise.
        if (node.Kind == ConfigNodeKind.Number && double.IsInteger(node.Number) && Math.Abs(node.Number) <= 1L << 53)
        {
            value = (long)node.Number;
            return true;
        }
        cause = $"expected a whole number, got {Kinds.Name(node)}";
        return false;
    }

    public static bool TryConvert(ConfigNode node, long min, long max, out long value, out string cause)
    {
        if (!TryConvert(node, out value, out cause))
        {
            return false;
        }
        if (value < min || value > max)
        {
            cause = $"{value} is not in the range {min} to {max}";
            return false;
        }
        return true;
    }

    private static bool TryParse(string text, out long value)
    {
        value = 0;
        bool negative = text.StartsWith('-');
        ReadOnlySpan<char> digits = text.AsSpan(negative || text.StartsWith('+') ? 1 : 0);
        if (digits.Length > 2 && digits[0] == '0' && char.IsAsciiLetter(digits[1]))
        {
            bool parsed = TryParsePrefixed(digits[1], digits[2..], out value);
            value = negative ? -value : value;
            return parsed;
        }
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    private static bool TryParsePrefixed(char prefix, ReadOnlySpan<char> digits, out long value)
    {
        int bits = (prefix | 0x20) switch
        {
            'x' => 4,
            'o' => 3,
            'b' => 1,
            _ => 0,
        };
        value = 0;
        foreach (char c in digits)
        {
            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : int.MaxValue;
            if (bits == 0 || digit >> bits != 0 || value >> (62 - bits) != 0)
            {
                return false;
            }
            value = (value << bits) | (uint)digit;
        }
        return true;
    }
}
