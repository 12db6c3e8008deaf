using System.Buffers;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Http.H1;

/// <summary>Field lines of a head or trailer section (RFC 9112 5), strictly: no folding, no blank before the colon.</summary>
internal static class FieldParser
{
    /// <param name="lines">Whole lines, each ending in CRLF; an empty line ends the section.</param>
    public static FailureKind Parse(ReadOnlySpan<byte> lines, HeaderBlock into, HeadRules rules)
    {
        while (!lines.IsEmpty)
        {
            int end = lines.IndexOf("\r\n"u8);
            if (end < 0)
            {
                return FailureKind.MalformedRequest;
            }
            if (end == 0)
            {
                return FailureKind.None;
            }
            FailureKind failure = ParseLine(lines[..end], into, rules);
            if (failure != FailureKind.None)
            {
                return failure;
            }
            lines = lines[(end + 2)..];
        }
        return FailureKind.None;
    }

    private static FailureKind ParseLine(ReadOnlySpan<byte> line, HeaderBlock into, HeadRules rules)
    {
        int colon = line.IndexOf((byte)':');
        if (colon <= 0)
        {
            return FailureKind.MalformedRequest;
        }
        ReadOnlySpan<byte> name = line[..colon];
        ReadOnlySpan<byte> value = Octets.TrimBlanks(line[(colon + 1)..]);
        if (name.ContainsAnyExcept(Octets.Token) || value.ContainsAnyExcept(Octets.Value))
        {
            return FailureKind.MalformedRequest;
        }
        if (name.Length > rules.HeaderNameMax)
        {
            return FailureKind.HeadTooLarge;
        }
        if (into.Count == rules.HeaderCountMax)
        {
            return FailureKind.TooManyHeaders;
        }
        if (rules.Underscores != UnderscoreAction.Allow && name.Contains((byte)'_'))
        {
            return rules.Underscores == UnderscoreAction.RejectRequest
                ? FailureKind.UnderscoreHeader
                : FailureKind.None;
        }
        into.Add(name, value);
        return FailureKind.None;
    }
}
