using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Http.Routing;

/// <summary>
/// From the request target and Host to authority, path and query (RFC 9112 3.2, hardening 3.2). An absolute-form
/// target's authority wins; Host must be there and valid all the same.
/// </summary>
public static class TargetReader
{
    public static FailureKind Read(
        ReadOnlySpan<byte> target,
        RequestHead head,
        RequestOptions options,
        out bool redirect
    )
    {
        redirect = false;
        int host = head.Headers.IndexOf(KnownHeader.Host);
        if (host < 0)
        {
            return FailureKind.MissingHost;
        }
        ReadOnlySpan<byte> authority = head.Headers.Value(host);
        if (head.Headers.IndexOf(KnownHeader.Host, host + 1) >= 0 || !AuthorityRules.IsValid(authority))
        {
            return FailureKind.MalformedRequest;
        }
        if (head.IsConnect)
        {
            head.SetAuthority(target);
            return AuthorityRules.IsValid(target) ? FailureKind.None : FailureKind.MalformedRequest;
        }
        if (target.SequenceEqual("*"u8))
        {
            head.SetAuthority(authority);
            head.SetPath(target);
            return head.Method.SequenceEqual("OPTIONS"u8) ? FailureKind.None : FailureKind.MalformedRequest;
        }
        if (target[0] == '/')
        {
            head.SetAuthority(authority);
            return ReadPath(target, head, options, out redirect);
        }
        if (!SplitAbsolute(target, out authority, out ReadOnlySpan<byte> rest))
        {
            return FailureKind.MalformedRequest;
        }
        head.SetAuthority(authority);
        return ReadPath(rest, head, options, out redirect);
    }

    private static FailureKind ReadPath(
        ReadOnlySpan<byte> target,
        RequestHead head,
        RequestOptions options,
        out bool redirect
    )
    {
        int question = target.IndexOf((byte)'?');
        head.SetQuery(question < 0 ? default : target[(question + 1)..], question >= 0);
        PathVerdict verdict = PathNormalizer.Normalize(
            question < 0 ? target : target[..question],
            head.PathBuffer,
            options
        );
        redirect = verdict == PathVerdict.Redirect;
        return verdict == PathVerdict.Rejected ? FailureKind.PathRejected : FailureKind.None;
    }

    /// <summary>Splits an absolute-form target; no path is the root.</summary>
    private static bool SplitAbsolute(
        ReadOnlySpan<byte> target,
        out ReadOnlySpan<byte> authority,
        out ReadOnlySpan<byte> rest
    )
    {
        authority = rest = default;
        int scheme =
            StartsWithIgnoreCase(target, "http://"u8) ? 7
            : StartsWithIgnoreCase(target, "https://"u8) ? 8
            : 0;
        if (scheme == 0)
        {
            return false;
        }
        int end = target[scheme..].IndexOfAny("/?"u8);
        authority = end < 0 ? target[scheme..] : target.Slice(scheme, end);
        // "http://host?query" has an empty path, which no known client sends; refusing it keeps one form.
        rest = end < 0 ? "/"u8 : target[(scheme + end)..];
        return rest[0] == '/' && AuthorityRules.IsValid(authority);
    }

    private static bool StartsWithIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> start) =>
        text.Length >= start.Length && System.Text.Ascii.EqualsIgnoreCase(text[..start.Length], start);
}
