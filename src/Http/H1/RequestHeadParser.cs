using System.Buffers;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Http.H1;

/// <summary>
/// A request head (RFC 9112 2 to 6) from its bytes to its checked form. Pure: no I/O, no clock, no allocation.
/// The path is left as sent; normalising it is routing's business.
/// </summary>
public static class RequestHeadParser
{
    private const int MethodMax = 32;

    /// <param name="head">The whole head with its empty line, as <see cref="HeadScanner"/> found it.</param>
    /// <param name="target">The request target as sent.</param>
    public static FailureKind Parse(
        ReadOnlySpan<byte> head,
        RequestHead into,
        HeadRules rules,
        out ReadOnlySpan<byte> target
    )
    {
        target = default;
        int end = head.IndexOf("\r\n"u8);
        FailureKind failure = ParseRequestLine(head[..end], into, rules, ref target);
        if (failure == FailureKind.None)
        {
            failure = FieldParser.Parse(head[(end + 2)..], into.Headers, rules);
        }
        if (failure == FailureKind.None)
        {
            failure = MessageFraming.OfRequest(into);
        }
        return failure;
    }

    private static FailureKind ParseRequestLine(
        ReadOnlySpan<byte> line,
        RequestHead into,
        HeadRules rules,
        ref ReadOnlySpan<byte> target
    )
    {
        int first = line.IndexOf((byte)' ');
        if (first <= 0 || line[..first].ContainsAnyExcept(Octets.Token) || first > MethodMax)
        {
            bool word = !line.IsEmpty && !line.ContainsAnyExcept(Octets.Token);
            return word ? FailureKind.LowVersion : FailureKind.MalformedRequest;
        }
        ReadOnlySpan<byte> rest = line[(first + 1)..];
        int second = rest.IndexOf((byte)' ');
        if (second < 0)
        {
            return rest.Length > rules.RequestLineMax ? FailureKind.TargetTooLong
                : rest.IsEmpty || rest.ContainsAnyExcept(Octets.Target) ? FailureKind.MalformedRequest
                : FailureKind.LowVersion;
        }
        target = rest[..second];
        ReadOnlySpan<byte> version = rest[(second + 1)..];
        FailureKind failure = CheckVersion(version);
        if (failure != FailureKind.None)
        {
            return failure;
        }
        if (target.Length > rules.RequestLineMax)
        {
            return FailureKind.TargetTooLong;
        }
        into.SetMethod(line[..first]);
        return target.IsEmpty || target.ContainsAnyExcept(Octets.Target)
            ? FailureKind.MalformedRequest
            : FailureKind.None;
    }

    private static FailureKind CheckVersion(ReadOnlySpan<byte> version)
    {
        if (version.SequenceEqual("HTTP/1.1"u8))
        {
            return FailureKind.None;
        }
        if (version.SequenceEqual("HTTP/1.0"u8) || version.SequenceEqual("HTTP/0.9"u8))
        {
            return FailureKind.LowVersion;
        }
        bool wellFormed =
            version.Length == 8
            && version.StartsWith("HTTP/"u8)
            && version[6] == '.'
            && version[5] is >= (byte)'1' and <= (byte)'9'
            && version[7] is >= (byte)'0' and <= (byte)'9';
        return wellFormed ? FailureKind.UnsupportedVersion : FailureKind.MalformedRequest;
    }
}
