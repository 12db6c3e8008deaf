using System.Collections.Immutable;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Server.Telemetry;

/// <summary>Request headers that the operator chose to log, in one object with names in lower case; credentials never.</summary>
internal static class HeaderFields
{
    public static void Write(JsonLine line, HeaderBlock headers, bool all, ImmutableArray<byte[]> names)
    {
        line.BeginObject("headers"u8);
        if (all)
        {
            for (int i = 0; i < headers.Count; i++)
            {
                WriteOne(line, headers, i);
            }
        }
        else
        {
            foreach (byte[] name in names)
            {
                int index = headers.IndexOf(name);
                if (index >= 0)
                {
                    WriteOne(line, headers, index);
                }
            }
        }
        line.EndObject();
    }

    private static void WriteOne(JsonLine line, HeaderBlock headers, int index)
    {
        Span<byte> lower = stackalloc byte[256];
        ReadOnlySpan<byte> name = headers.Name(index);
        if (name.Length > lower.Length)
        {
            return;
        }
        System.Text.Ascii.ToLower(name, lower, out int written);
        bool secret =
            headers.Known(index)
            is KnownHeader.Authorization
                or KnownHeader.Cookie
                or KnownHeader.XPomeriumAuthorization;
        line.Text(lower[..written], secret ? "<redacted>"u8 : headers.Value(index));
    }
}
