using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Http.H1;

/// <summary>An upstream's answer head (RFC 9112 4), held to the same strictness as a client's (hardening 4).</summary>
public static class ResponseHeadParser
{
    private static readonly HeadRules Rules = HeadRules.Default with
    {
        Underscores = Config.Snapshot.UnderscoreAction.Allow,
    };

    /// <returns>None or <see cref="FailureKind.UpstreamMalformed"/>.</returns>
    public static FailureKind Parse(ReadOnlySpan<byte> head, ResponseHead into, bool toHead)
    {
        int end = head.IndexOf("\r\n"u8);
        ReadOnlySpan<byte> line = head[..end];
        bool http10 = line.StartsWith("HTTP/1.0 "u8);
        if (
            !(http10 || line.StartsWith("HTTP/1.1 "u8))
            || line.Length < 12
            || !Octets.TryLength(line.Slice(9, 3), out long status)
            || status < 100
            || (line.Length > 12 && line[12] != ' ')
            || line.ContainsAnyExcept(Octets.Value)
        )
        {
            return FailureKind.UpstreamMalformed;
        }
        into.Status = (int)status;
        return FieldParser.Parse(head[(end + 2)..], into.Headers, Rules) == FailureKind.None
            ? MessageFraming.OfResponse(into, toHead, http10)
            : FailureKind.UpstreamMalformed;
    }
}
