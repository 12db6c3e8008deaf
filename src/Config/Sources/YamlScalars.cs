using System.Globalization;
using System.Text.RegularExpressions;
using Pomerium.Fast.Config.Diagnostics;

namespace Pomerium.Fast.Config.Sources;

/// <summary>Types of plain scalars by the YAML 1.2 core schema, so <c>17:00</c>, <c>yes</c> and dates stay text.</summary>
internal static partial class YamlScalars
{
    public static ConfigNode Resolve(string text, Mark mark)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return ConfigNode.OfNull(mark);
            case "true" or "True" or "TRUE":
                return ConfigNode.OfBoolean(true, mark, text);
            case "false" or "False" or "FALSE":
                return ConfigNode.OfBoolean(false, mark, text);
        }
        return Number(text) is { } number
            ? ConfigNode.OfNumber(number, mark, text)
            : ConfigNode.OfText(text, mark, plain: true);
    }

    private static double? Number(string text)
    {
        if (!char.IsAsciiDigit(text[0]) && text[0] is not ('+' or '-' or '.'))
        {
            return null;
        }
        if (Decimal().IsMatch(text))
        {
            return double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        }
        if (Prefixed().IsMatch(text))
        {
            ulong value = text[1] == 'x' ? Convert.ToUInt64(text[2..], 16) : Convert.ToUInt64(text[2..], 8);
            return value;
        }
        return text switch
        {
            ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" => double.PositiveInfinity,
            "-.inf" or "-.Inf" or "-.INF" => double.NegativeInfinity,
            ".nan" or ".NaN" or ".NAN" => double.NaN,
            _ => null,
        };
    }

    [GeneratedRegex(
        @"\A[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Decimal();

    // At most 16 hex or 21 octal digits, so that the value always fits 64 bits; longer ones stay text.
    [GeneratedRegex(
        @"\A(0x[0-9a-fA-F]{1,16}|0o[0-7]{1,21})\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Prefixed();
}
