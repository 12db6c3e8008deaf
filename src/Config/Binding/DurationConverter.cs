using System.Buffers;
using System.Globalization;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Binding;

/// <summary>Durations in Go notation: <c>1h30m</c>, <c>1.5s</c>, <c>0</c> (config spec 1.5).</summary>
internal static class DurationConverter
{
    private const decimal NanosecondsMax = long.MaxValue;
    private const int NanosecondsPerTick = 100;
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    public static bool TryConvert(ConfigNode node, out TimeSpan value, out string cause)
    {
        value = default;
        if (node.Kind == ConfigNodeKind.Number)
        {
            cause = Math.Abs(node.Number) > (double)NanosecondsMax ? $"{node.Text} is too long" : "";
            value = cause.Length == 0 ? FromNanoseconds((decimal)node.Number) : default;
            return cause.Length == 0;
        }
        if (node.Kind != ConfigNodeKind.String)
        {
            cause = $"expected a duration such as \"30s\", got {Kinds.Name(node)}";
            return false;
        }
        return TryParse(node.Text, out value, out cause);
    }

    internal static bool TryParse(string text, out TimeSpan value, out string cause)
    {
        value = default;
        string invalid = $"time: invalid duration \"{text}\"";
        bool negative = text.StartsWith('-');
        ReadOnlySpan<char> rest = text.AsSpan(negative || text.StartsWith('+') ? 1 : 0);
        cause = rest.IsEmpty ? invalid : "";
        if (rest is "0")
        {
            return true;
        }
        decimal total = 0;
        while (!rest.IsEmpty && cause.Length == 0)
        {
            int digits = NumberLength(rest);
            if (
                digits == 0
                || !decimal.TryParse(
                    rest[..digits],
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out decimal number
                )
            )
            {
                cause = invalid;
                return false;
            }
            rest = rest[digits..];
            int unitLength = UnitLength(rest);
            decimal unit = Unit(rest[..unitLength]);
            cause =
                unitLength == 0 ? $"time: missing unit in duration \"{text}\""
                : unit == 0 ? $"time: unknown unit \"{rest[..unitLength]}\" in duration \"{text}\""
                // Beyond 64 bits of nanoseconds; checked on each part so that the product cannot overflow either.
                : number > NanosecondsMax / unit || total + (number * unit) > NanosecondsMax ? invalid
                : "";
            total = cause.Length == 0 ? total + (number * unit) : total;
            rest = rest[unitLength..];
        }
        value = FromNanoseconds(negative ? -total : total);
        return cause.Length == 0;
    }

    /// <summary>Rounds away from zero to a tick: a tiny limit must not turn into "off".</summary>
    private static TimeSpan FromNanoseconds(decimal nanoseconds)
    {
        decimal ticks = nanoseconds / NanosecondsPerTick;
        return TimeSpan.FromTicks((long)(ticks < 0 ? Math.Floor(ticks) : Math.Ceiling(ticks)));
    }

    private static int NumberLength(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExcept(Digits);
        return end < 0 ? text.Length : end;
    }

    private static int UnitLength(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAny(Digits);
        return end < 0 ? text.Length : end;
    }

    private static decimal Unit(ReadOnlySpan<char> unit) =>
        unit switch
        {
            "ns" => 1,
            "us" or "\u00b5s" or "\u03bcs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => 0,
        };
}
