using System.Buffers;

namespace Pomerium.Fast.Config.Policy;

/// <summary>IANA names of time zones, aliases included, compared exactly (policy 3.7).</summary>
public static class ZoneText
{
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/"
    );

    public static bool TryFind(string name, out TimeZoneInfo zone)
    {
        zone = TimeZoneInfo.Utc;
        // The system looks for a file of that name, so dots and a leading slash must not get there.
        if (name.Length == 0 || name[0] == '/' || name.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            return false;
        }
        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone!)
            && zone.Id.Equals(name, StringComparison.Ordinal);
    }
}
