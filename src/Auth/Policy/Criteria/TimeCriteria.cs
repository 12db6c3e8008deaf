using Pomerium.Fast.Config.Policy;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Auth.Policy.Criteria;

/// <summary>Now lies in [after, before) (policy 3.7).</summary>
internal sealed class DateCriterion : RequestCriterion
{
    private readonly long _after;
    private readonly long _before;

    public DateCriterion(PolicyValue data)
        : base(Reasons.DateOk, Reasons.DateUnauthorized)
    {
        _after = Ticks(data.Member("after"), long.MinValue);
        _before = Ticks(data.Member("before"), long.MaxValue);
    }

    public override bool Holds(Exchange exchange)
    {
        long now = DateTime.UnixEpoch.Ticks + (exchange.Loop.UnixMs * TimeSpan.TicksPerMillisecond);
        return _after <= now && now < _before;
    }

    private static long Ticks(PolicyValue? value, long absent) =>
        value is not null && DateText.TryParse(value.Text, out DateTimeOffset date) ? date.Ticks : absent;
}

/// <summary>The weekday in a zone (policy 3.7).</summary>
internal sealed class DayOfWeekCriterion : RequestCriterion
{
    private readonly ZoneClock _clock;
    private readonly int _days;

    public DayOfWeekCriterion(PolicyValue data)
        : base(Reasons.DayOfWeekOk, Reasons.DayOfWeekUnauthorized)
    {
        _clock = new ZoneClock(data.Member("timezone"));
        _days = WeekdayText.TryParse((data.Member("days") ?? data).Text, out int days, out _) ? days : 0;
    }

    public override bool Holds(Exchange exchange) =>
        ((_days >> (int)_clock.LocalAt(exchange.Loop.UnixMs).DayOfWeek) & 1) != 0;
}

/// <summary>The local time in [after, before); a range whose end is before its start spans midnight (policy 3.7).</summary>
internal sealed class TimeOfDayCriterion : RequestCriterion
{
    private readonly ZoneClock _clock;
    private readonly TimeSpan _after;
    private readonly TimeSpan _before;

    public TimeOfDayCriterion(PolicyValue data)
        : base(Reasons.TimeOfDayOk, Reasons.TimeOfDayUnauthorized)
    {
        _clock = new ZoneClock(data.Member("timezone"));
        _after = Time(data.Member("after"), TimeSpan.Zero);
        _before = Time(data.Member("before"), TimeSpan.MaxValue);
    }

    public override bool Holds(Exchange exchange)
    {
        TimeSpan now = _clock.LocalAt(exchange.Loop.UnixMs).TimeOfDay;
        bool started = _after <= now;
        bool notEnded = now < _before;
        return _before < _after ? started || notEnded : started && notEnded;
    }

    private static TimeSpan Time(PolicyValue? value, TimeSpan absent) =>
        value is not null && ClockText.TryParse(value.Text, out TimeSpan time) ? time : absent;
}
