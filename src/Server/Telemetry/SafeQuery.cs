using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Server.Telemetry;

/// <summary>Logs a query without the parameters that are secrets (hardening 12).</summary>
internal static class SafeQuery
{
    public static void Write(JsonLine line, ReadOnlySpan<byte> query)
    {
        if (query.IndexOf("pomerium_"u8) < 0 && query.IndexOf("code="u8) < 0 && query.IndexOf("state="u8) < 0)
        {
            line.Text("query"u8, query);
            return;
        }
        ByteBuffer kept = new(query.Length);
        foreach (Range part in query.Split((byte)'&'))
        {
            ReadOnlySpan<byte> parameter = query[part];
            if (!IsSecret(parameter))
            {
                if (kept.Length > 0)
                {
                    kept.Append("&"u8);
                }
                kept.Append(parameter);
            }
        }
        line.Text("query"u8, kept.Span);
    }

    private static bool IsSecret(ReadOnlySpan<byte> parameter) =>
        parameter.StartsWith("pomerium_"u8) || parameter.StartsWith("code="u8) || parameter.StartsWith("state="u8);
}
