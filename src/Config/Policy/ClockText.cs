using System.Globalization;
using System.Text.RegularExpressions;

namespace Pomerium.Fast.Config.Policy;

/// <summary>Times of day: <c>H[:MM][ ]AM</c> or <c>PM</c>, or <c>H:MM[:SS[.f]]</c> (policy 3.7).</summary>
public static partial class ClockText
{
    public static bool TryParse(string text, out TimeSpan time)
    {
        time = default;
        Match match = Form().Match(text);
        if (!match.Success)
        {
            return false;
        }
        int Part(string name) =>
            match.Groups[name].Success ? int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture) : 0;
        (int hour, int minute, int second) = (Part("hour"), Part("minute"), Part("second"));
        if (match.Groups["half"].Success)
        {
            if (hour is < 1 or > 12)
            {
                return false;
            }
            bool afternoon = match.Groups["half"].ValueSpan[0] is 'p' or 'P';
            hour = (hour % 12) + (afternoon ? 12 : 0);
        }
        if (hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }
        time = new TimeSpan(hour, minute, second) + TimeSpan.FromTicks(Fraction(match.Groups["fraction"].ValueSpan));
        return true;
    }

    /// <summary>Ticks of the digits behind a decimal point; finer ones than ticks are cut.</summary>
    internal static long Fraction(ReadOnlySpan<char> digits)
    {
        long ticks = 0;
        for (int i = 0; i < 7; i++)
        {
            ticks = (ticks * 10) + (i < digits.Length ? digits[i] - '0' : 0);
        }
        return ticks;
    }

    [GeneratedRegex(
        @"\A(?<hour>[0-9]{1,2})((:(?<minute>[0-9]{2}))? ?(?<half>[AaPp][Mm])|:(?<minute>[0-9]{2})(:(?<second>[0-9]{2})(\.(?<fraction>[0-9]{1,9}))?)?)\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Form();
}
