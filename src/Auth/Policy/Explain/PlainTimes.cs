using Pomerium.Fast.Config.Policy;

namespace Pomerium.Fast.Auth.Policy.Explain;

/// <summary>The criteria on time as policy 3.7 words them.</summary>
internal static class PlainTimes
{
    public static bool Date(PolicyValue data, DateTimeOffset now)
    {
        bool started = data.Member("after") is not { } after || Parse(after) <= now;
        bool ended = data.Member("before") is { } before && Parse(before) <= now;
        return started && !ended;
    }

    public static bool DayOfWeek(PolicyValue data, DateTimeOffset now)
    {
        PolicyValue text = data.Member("days") ?? data;
        return WeekdayText.TryParse(text.Text, out int days, out _)
            ? (days & (1 << (int)Local(data, now).DayOfWeek)) != 0
            : throw Unchecked(text);
    }

    public static bool TimeOfDay(PolicyValue data, DateTimeOffset now)
    {
        TimeSpan time = Local(data, now).TimeOfDay;
        bool isAfter = data.Member("after") is not { } after || Clock(after) <= time;
        bool isBefore = data.Member("before") is not { } before || time < Clock(before);
        bool spansMidnight =
            data.Member("after") is { } start && data.Member("before") is { } end && Clock(end) < Clock(start);
        return spansMidnight ? isAfter || isBefore : isAfter && isBefore;
    }

    private static DateTimeOffset Local(PolicyValue data, DateTimeOffset now) =>
        data.Member("timezone") is { } name && ZoneText.TryFind(name.Text, out TimeZoneInfo zone)
            ? TimeZoneInfo.ConvertTime(now, zone)
            : now;

    private static DateTimeOffset Parse(PolicyValue value) =>
        DateText.TryParse(value.Text, out DateTimeOffset date) ? date : throw Unchecked(value);

    private static TimeSpan Clock(PolicyValue value) =>
        ClockText.TryParse(value.Text, out TimeSpan time) ? time : throw Unchecked(value);

    private static ArgumentException Unchecked(PolicyValue value) =>
        new($"\"{value.Text}\" passed the reader's check", nameof(value));
}
