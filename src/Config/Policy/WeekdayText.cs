namespace Pomerium.Fast.Config.Policy;

/// <summary>Lists of weekdays: names, ranges that may wrap, <c>*</c> for all (policy 3.7).</summary>
public static class WeekdayText
{
    private const int AllDays = 0b111_1111;

    private static readonly string[] Names =
    [
        "sunday",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
    ];

    /// <param name="days">Bit n is day n of <see cref="DayOfWeek"/>.</param>
    /// <param name="wrong">The element that is no day, without blanks around it.</param>
    public static bool TryParse(string text, out int days, out string wrong)
    {
        days = 0;
        wrong = "";
        if (text.Trim(' ') is "*")
        {
            days = AllDays;
            return true;
        }
        foreach (string element in text.Split(','))
        {
            string[] ends = element.Split('-', 2);
            int first = Day(ends[0]);
            int last = Day(ends[^1]);
            if (first < 0 || last < 0)
            {
                wrong = element.Trim(' ');
                return false;
            }
            for (int day = first; ; day = (day + 1) % 7)
            {
                days |= 1 << day;
                if (day == last)
                {
                    break;
                }
            }
        }
        return true;
    }

    private static int Day(string name)
    {
        string lower = name.Trim(' ').ToLowerInvariant();
        return Array.FindIndex(
            Names,
            n => lower.Equals(n, StringComparison.Ordinal) || lower.Equals(n[..3], StringComparison.Ordinal)
        );
    }
}
