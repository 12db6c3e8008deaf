using System.Buffers.Text;

namespace Pomerium.Fast.Http.H1;

/// <summary>The Date header's value (RFC 9110 5.6.7), made once a second. One for each loop.</summary>
internal sealed class DateText
{
    private readonly byte[] _text = new byte[29];
    private long _second = -1;

    public ReadOnlySpan<byte> At(long unixMs)
    {
        long second = unixMs / 1000;
        if (second != _second)
        {
            _second = second;
            Utf8Formatter.TryFormat(DateTimeOffset.FromUnixTimeSeconds(second), _text, out _, 'R');
        }
        return _text;
    }
}
