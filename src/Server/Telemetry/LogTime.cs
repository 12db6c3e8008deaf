using System.Globalization;

namespace Pomerium.Fast.Server.Telemetry;

/// <summary>The <c>time</c> field (RFC 3339, seconds, UTC), made once a second.</summary>
internal sealed class LogTime
{
    private readonly byte[] _text = new byte[20];
    private long _second = -1;

    public ReadOnlySpan<byte> At(long unixMs)
    {
        long second = unixMs / 1000;
        if (second != _second)
        {
            _second = second;
            DateTime time = DateTimeOffset.FromUnixTimeSeconds(second).UtcDateTime;
            time.TryFormat(_text, out _, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        }
        return _text;
    }
}
