using Pomerium.Fast.Config.Policy;

namespace Pomerium.Fast.Auth.Policy.Criteria;

/// <summary>Local time of one zone. The offset is looked up once a minute; zones change theirs at full minutes.</summary>
internal sealed class ZoneClock
{
    private const long MinuteMs = 60_000;

    private readonly TimeZoneInfo _zone = TimeZoneInfo.Utc;

    // Minute since 1970 and offset in seconds in one word, so that loops may share it without a lock.
    private long _known = -1;

    /// <param name="name">UTC when null.</param>
    public ZoneClock(PolicyValue? name)
    {
        if (name is not null && ZoneText.TryFind(name.Text, out TimeZoneInfo zone))
        {
            _zone = zone;
        }
    }

    public DateTime LocalAt(long unixMs)
    {
        long minute = Math.DivRem(unixMs, MinuteMs).Quotient;
        long known = Volatile.Read(ref _known);
        if (known >> 32 != minute)
        {
            DateTime utc = DateTime.UnixEpoch.AddMilliseconds(minute * MinuteMs);
            known = (minute << 32) | (uint)(int)_zone.GetUtcOffset(utc).TotalSeconds;
            Volatile.Write(ref _known, known);
        }
        return DateTime.UnixEpoch.AddTicks(
            (unixMs * TimeSpan.TicksPerMillisecond) + ((int)known * TimeSpan.TicksPerSecond)
        );
    }
}
