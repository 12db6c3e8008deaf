using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Http.Routing;

public enum PathVerdict : byte
{
    Accepted,
    Rejected,

    /// <summary>307 to the unescaped path, which stands in the output.</summary>
    Redirect,
}

/// <summary>
/// Brings a path to the one form that selects the route, is judged by policies and goes upstream (routing 4.1,
/// hardening 7). Done once, before anything looks at the path. Pure.
/// </summary>
public static class PathNormalizer
{
    /// <param name="path">As sent, without query.</param>
    public static PathVerdict Normalize(ReadOnlySpan<byte> path, ByteBuffer into, RequestOptions options)
    {
        into.Clear();
        if (path.IndexOfAny("%\\"u8) < 0 && path.IndexOf("//"u8) < 0 && path.IndexOf("/."u8) < 0)
        {
            into.Append(path);
            return PathVerdict.Accepted;
        }
        bool unescaped = false;
        if (!Decode(path, into, options, ref unescaped))
        {
            return PathVerdict.Rejected;
        }
        int length = into.Length;
        Span<byte> work = into.Mutable;
        if (options.NormalizePath)
        {
            length = RemoveDotSegments(work);
            work = work[..length];
        }
        if (options.MergeSlashes)
        {
            length = MergeSlashes(work);
        }
        into.Truncate(length);
        if (!(options.NormalizePath && options.MergeSlashes) && WouldChange(into.Span))
        {
            return PathVerdict.Rejected;
        }
        return unescaped && options.EscapedSlashes == EscapedSlashAction.UnescapeAndRedirect
            ? PathVerdict.Redirect
            : PathVerdict.Accepted;
    }

    /// <summary>Decodes escaped unreserved characters once, never twice; false for what must not pass.</summary>
    private static bool Decode(ReadOnlySpan<byte> path, ByteBuffer into, RequestOptions options, ref bool unescaped)
    {
        for (int i = 0; i < path.Length; i++)
        {
            byte b = path[i];
            if (b == '\\' && options.NormalizePath)
            {
                into.Append("/"u8);
                continue;
            }
            if (b != '%')
            {
                into.Append(path.Slice(i, 1));
                continue;
            }
            if (i + 2 >= path.Length || Hex(path[i + 1]) < 0 || Hex(path[i + 2]) < 0)
            {
                return false;
            }
            byte value = (byte)((Hex(path[i + 1]) << 4) | Hex(path[i + 2]));
            if (value == 0 || !AppendEscaped(path.Slice(i, 3), value, into, options, ref unescaped))
            {
                return false;
            }
            i += 2;
        }
        return true;
    }

    private static bool AppendEscaped(
        ReadOnlySpan<byte> escape,
        byte value,
        ByteBuffer into,
        RequestOptions options,
        ref bool unescaped
    )
    {
        if (value is (byte)'/' or (byte)'\\')
        {
            switch (options.EscapedSlashes)
            {
                case EscapedSlashAction.RejectRequest:
                    return false;
                case EscapedSlashAction.KeepUnchanged:
                    into.Append(escape);
                    return true;
                default:
                    unescaped = true;
                    into.Append("/"u8);
                    return true;
            }
        }
        if (options.NormalizePath && IsUnreserved(value))
        {
            into.Append([value]);
        }
        else
        {
            into.Append(escape);
        }
        return true;
    }

    /// <summary>RFC 3986 5.2.4, in place; returns the new length. The path starts with a slash.</summary>
    private static int RemoveDotSegments(Span<byte> path)
    {
        int to = 0;
        int from = 0;
        while (from < path.Length)
        {
            int next = path[(from + 1)..].IndexOf((byte)'/');
            int end = next < 0 ? path.Length : from + 1 + next;
            ReadOnlySpan<byte> segment = path[(from + 1)..end];
            bool last = end == path.Length;
            if (segment.SequenceEqual("."u8))
            {
                to = last ? Put(path, to) : to;
            }
            else if (segment.SequenceEqual(".."u8))
            {
                to = Math.Max(path[..to].LastIndexOf((byte)'/'), 0);
                to = last ? Put(path, to) : to;
            }
            else
            {
                path[from..end].CopyTo(path[to..]);
                to += end - from;
            }
            from = end;
        }
        return to == 0 ? Put(path, 0) : to;
    }

    private static int Put(Span<byte> path, int at)
    {
        path[at] = (byte)'/';
        return at + 1;
    }

    private static int MergeSlashes(Span<byte> path)
    {
        int to = 0;
        for (int i = 0; i < path.Length; i++)
        {
            if (path[i] != '/' || to == 0 || path[to - 1] != '/')
            {
                path[to++] = path[i];
            }
        }
        return to;
    }

    /// <summary>With normalisation off, a path that an upstream might normalise into another is refused (hardening 7.3).</summary>
    private static bool WouldChange(ReadOnlySpan<byte> path) =>
        path.IndexOf("//"u8) >= 0
        || path.IndexOf("/./"u8) >= 0
        || path.IndexOf("/../"u8) >= 0
        || path.EndsWith("/."u8)
        || path.EndsWith("/.."u8)
        || path.Contains((byte)'\\')
        || path.IndexOf("%2e"u8) >= 0
        || path.IndexOf("%2E"u8) >= 0;

    private static bool IsUnreserved(byte b) =>
        char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~';

    private static int Hex(byte b) =>
        b switch
        {
            >= (byte)'0' and <= (byte)'9' => b - '0',
            >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
            >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
            _ => -1,
        };
}
