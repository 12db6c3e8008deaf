using System.Buffers.Text;
using System.Text;

namespace Pomerium.Fast.Http.Pipeline;

public enum AnswerFormat : byte
{
    /// <summary>Nothing that is offered was asked for by name.</summary>
    Any,
    Html,
    Text,
    Json,
}

/// <summary>What kind of answer a client likes best: by quality, then by position (routing 14.1).</summary>
public static class AcceptHeader
{
    public static AnswerFormat Preferred(ReadOnlySpan<byte> accept)
    {
        AnswerFormat best = AnswerFormat.Any;
        double bestQuality = 0;
        foreach (Range part in accept.Split((byte)','))
        {
            ReadOnlySpan<byte> element = accept[part];
            int semicolon = element.IndexOf((byte)';');
            AnswerFormat format = FormatOf((semicolon < 0 ? element : element[..semicolon]).Trim(" \t"u8));
            double quality = semicolon < 0 ? 1 : QualityOf(element[(semicolon + 1)..]);
            if (format != AnswerFormat.Any && quality > bestQuality)
            {
                best = format;
                bestQuality = quality;
            }
        }
        return best;
    }

    private static AnswerFormat FormatOf(ReadOnlySpan<byte> type) =>
        Ascii.EqualsIgnoreCase(type, "text/html"u8) || Ascii.EqualsIgnoreCase(type, "text/*"u8) ? AnswerFormat.Html
        : Ascii.EqualsIgnoreCase(type, "text/plain"u8) ? AnswerFormat.Text
        : Ascii.EqualsIgnoreCase(type, "application/json"u8) || Ascii.EqualsIgnoreCase(type, "application/*"u8)
            ? AnswerFormat.Json
        : AnswerFormat.Any;

    private static double QualityOf(ReadOnlySpan<byte> parameters)
    {
        foreach (Range part in parameters.Split((byte)';'))
        {
            ReadOnlySpan<byte> parameter = parameters[part].Trim(" \t"u8);
            if (parameter.Length > 2 && (parameter[0] | 0x20) == 'q' && parameter[1] == '=')
            {
                return Utf8Parser.TryParse(parameter[2..], out double quality, out _) ? quality : 0;
            }
        }
        return 1;
    }
}
