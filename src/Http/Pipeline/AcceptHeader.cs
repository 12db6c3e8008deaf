using System.Buffers.Text;
using System.Text;

namespace Pomerium.Fast.Http.Pipeline;

/// <summary>Which of the offered media types an Accept header likes best (RFC 9110 12.5.1).</summary>
public static class AcceptHeader
{
    /// <summary>
    /// Index of the best offer: highest quality by its most specific range, then the earlier range, then the earlier
    /// offer; -1 when none is accepted or the header is empty.
    /// </summary>
    public static int Best(ReadOnlySpan<byte> accept, ReadOnlySpan<byte[]> offers)
    {
        int best = -1;
        double bestQuality = 0;
        int bestPosition = int.MaxValue;
        for (int i = 0; i < offers.Length; i++)
        {
            double quality = QualityOf(accept, offers[i], out int position);
            if (quality > bestQuality || (quality > 0 && quality == bestQuality && position < bestPosition))
            {
                (best, bestQuality, bestPosition) = (i, quality, position);
            }
        }
        return best;
    }

    private static double QualityOf(ReadOnlySpan<byte> accept, ReadOnlySpan<byte> offer, out int position)
    {
        double quality = 0;
        int specificity = 0;
        position = int.MaxValue;
        int at = 0;
        foreach (Range range in accept.Split((byte)','))
        {
            ReadOnlySpan<byte> element = accept[range];
            int parameters = element.IndexOf((byte)';');
            ReadOnlySpan<byte> type = (parameters < 0 ? element : element[..parameters]).Trim(" \t"u8);
            int fit = Fit(type, offer);
            if (fit > specificity)
            {
                specificity = fit;
                quality = parameters < 0 ? 1 : Quality(element[(parameters + 1)..]);
                position = at;
            }
            at++;
        }
        return quality;
    }

    /// <summary>3 the type itself, 2 its family, 1 anything, 0 no fit.</summary>
    private static int Fit(ReadOnlySpan<byte> range, ReadOnlySpan<byte> offer)
    {
        if (range.SequenceEqual("*/*"u8) || range.SequenceEqual("*"u8))
        {
            return 1;
        }
        if (Ascii.EqualsIgnoreCase(range, offer))
        {
            return 3;
        }
        int slash = offer.IndexOf((byte)'/') + 1;
        return
            range.Length == slash + 1
            && range[^1] == (byte)'*'
            && Ascii.EqualsIgnoreCase(range[..slash], offer[..slash])
            ? 2
            : 0;
    }

    private static double Quality(ReadOnlySpan<byte> parameters)
    {
        foreach (Range range in parameters.Split((byte)';'))
        {
            ReadOnlySpan<byte> parameter = parameters[range].Trim(" \t"u8);
            if (parameter.StartsWith("q="u8) || parameter.StartsWith("Q="u8))
            {
                return Utf8Parser.TryParse(parameter[2..], out double q, out int used) && used == parameter.Length - 2
                    ? Math.Clamp(q, 0, 1)
                    : 0;
            }
        }
        return 1;
    }
}
