using System.Globalization;
using Pomerium.Fast.Config.Policy;

namespace Pomerium.Fast.Config.Tests.Policy;

public sealed class TimeTextTests
{
    [Theory]
    [InlineData("2026-01-05", "2026-01-05T00:00:00.0000000Z")]
    [InlineData("2026-01-05T07:30", "2026-01-05T07:30:00.0000000Z")]
    [InlineData("2026-01-05t07:30:15z", "2026-01-05T07:30:15.0000000Z")]
    [InlineData("2026-01-05T07:30:15.5Z", "2026-01-05T07:30:15.5000000Z")]
    [InlineData("2026-01-05T07:30:15.123456789", "2026-01-05T07:30:15.1234567Z")]
    [InlineData("2026-01-05T13:00:00+02:00", "2026-01-05T11:00:00.0000000Z")]
    [InlineData("2026-01-05T23:30-05:00", "2026-01-06T04:30:00.0000000Z")]
    [InlineData("2024-02-29", "2024-02-29T00:00:00.0000000Z")]
    public void Dates(string text, string utc)
    {
        Assert.True(DateText.TryParse(text, out DateTimeOffset date));
        Assert.Equal(utc, date.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("2026-02-30")]
    [InlineData("2025-02-29")]
    [InlineData("2026-13-01")]
    [InlineData("2026-1-5")]
    [InlineData("0000-01-01")]
    [InlineData("2026-01-05T24:00")]
    [InlineData("2026-01-05T12:60")]
    [InlineData("2026-01-05T12")]
    [InlineData("2026-01-05Z")]
    [InlineData("2026-01-05 12:00")]
    [InlineData("2026-01-05T12:00:00.1234567890Z")]
    [InlineData("2026-01-05T12:00+2:00")]
    [InlineData("0001-01-01T00:00+01:00")]
    [InlineData("")]
    public void No_dates(string text) => Assert.False(DateText.TryParse(text, out _));

    [Theory]
    [InlineData("9:00", "09:00:00")]
    [InlineData("09:00", "09:00:00")]
    [InlineData("17:30:15", "17:30:15")]
    [InlineData("15:04:05.5", "15:04:05.5000000")]
    [InlineData("0:00", "00:00:00")]
    [InlineData("23:59", "23:59:00")]
    [InlineData("12 AM", "00:00:00")]
    [InlineData("12:30am", "00:30:00")]
    [InlineData("12pm", "12:00:00")]
    [InlineData("3 PM", "15:00:00")]
    [InlineData("5:00pm", "17:00:00")]
    [InlineData("09 Am", "09:00:00")]
    public void Times_of_day(string text, string time)
    {
        Assert.True(ClockText.TryParse(text, out TimeSpan parsed));
        Assert.Equal(time, parsed.ToString("c", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("9")]
    [InlineData("24:00")]
    [InlineData("25:00")]
    [InlineData("9:5")]
    [InlineData("9:60")]
    [InlineData("9:00:60")]
    [InlineData("13 PM")]
    [InlineData("0 AM")]
    [InlineData("2:20:00 PM")]
    [InlineData("9:00  am")]
    [InlineData("9-17")]
    [InlineData("")]
    public void No_times_of_day(string text) => Assert.False(ClockText.TryParse(text, out _));

    [Theory]
    [InlineData("*", "0123456")]
    [InlineData("mon", "1")]
    [InlineData("Monday", "1")]
    [InlineData("tue-fri", "2345")]
    [InlineData("fri-mon", "0156")]
    [InlineData("mon-mon", "1")]
    [InlineData("sun-sat", "0123456")]
    [InlineData("mon , wed - fri,sat", "13456")]
    public void Weekdays(string text, string days)
    {
        Assert.True(WeekdayText.TryParse(text, out int parsed, out _));
        Assert.Equal(days, string.Concat(Enumerable.Range(0, 7).Where(d => ((parsed >> d) & 1) != 0)));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("mon-", "mon-")]
    [InlineData("mon, xyz", "xyz")]
    [InlineData("mon,,tue", "")]
    [InlineData("mond", "mond")]
    [InlineData("mon-tue-wed", "mon-tue-wed")]
    [InlineData("mon,*", "*")]
    public void No_weekdays(string text, string wrong)
    {
        Assert.False(WeekdayText.TryParse(text, out _, out string element));
        Assert.Equal(wrong, element);
    }

    [Theory]
    [InlineData("UTC", true)]
    [InlineData("Europe/Oslo", true)]
    [InlineData("Brazil/East", true)]
    [InlineData("utc", false)]
    [InlineData("Mars/Base", false)]
    [InlineData("", false)]
    [InlineData("../UTC", false)]
    [InlineData("/usr/share/zoneinfo/UTC", false)]
    [InlineData("Eastern Standard Time", false)]
    public void Zones(string name, bool known) => Assert.Equal(known, ZoneText.TryFind(name, out _));
}
