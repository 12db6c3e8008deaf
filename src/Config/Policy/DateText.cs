using System.Globalization;
using System.Text.RegularExpressions;

namespace Pomerium.Fast.Config.Policy;

/// <summary>Dates of the <c>date</c> criterion: <c>YYYY-MM-DD[THH:MM[:SS[.f]][Z|±HH:MM]]</c>, UTC without an offset (policy 3.7).</summary>
public static partial class DateText
{
    public static bool TryParse(string text, out DateTimeOffset date)
    {
        date = default;
        Match match = Form().Match(text);
        if (!match.Success)
        {
            return false;
        }
        int Part(string name) =>
            match.Groups[name].Success ? int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture) : 0;
        (int year, int month, int day) = (Part("year"), Part("month"), Part("day"));
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }
        (int hour, int minute, int second) = (Part("hour"), Part("minute"), Part("second"));
        (int offsetHour, int offsetMinute) = (Part("offhour"), Part("offminute"));
        if (hour > 23 || minute > 59 || second > 59 || offsetHour > 14 || offsetMinute > 59)
        {
            return false;
        }
        TimeSpan offset = new(offsetHour, offsetMinute, 0);
        long ticks =
            new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks
            + ClockText.Fraction(match.Groups["fraction"].ValueSpan)
            - (match.Groups["sign"].ValueSpan is "-" ? -offset : offset).Ticks;
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }
        date = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    [GeneratedRegex(
        @"\A(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})([Tt](?<hour>[0-9]{2}):(?<minute>[0-9]{2})(:(?<second>[0-9]{2})(\.(?<fraction>[0-9]{1,9}))?)?([Zz]|(?<sign>[-+])(?<offhour>[0-9]{2}):(?<offminute>[0-9]{2}))?)?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Form();
}
