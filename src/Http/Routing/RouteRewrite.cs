using System.Text;
using System.Text.RegularExpressions;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Http.Routing;

/// <summary>Path and host rewriting of a route (routing 7.1, 7.2), compiled.</summary>
public sealed class RouteRewrite
{
    private readonly byte[]? _prefix;
    private readonly Regex? _pathRegex;
    private readonly string _pathSubstitution = "";
    private readonly byte[]? _host;
    private readonly byte[]? _hostHeader;
    private readonly Regex? _hostRegex;
    private readonly string _hostSubstitution = "";
    private readonly bool _preserveHost;

    /// <exception cref="ArgumentException">A pattern is invalid.</exception>
    public RouteRewrite(RouteConfig route)
    {
        _preserveHost = route.PreserveHostHeader;
        _host = route.HostRewrite is { } host ? Encoding.UTF8.GetBytes(host) : null;
        _hostHeader = route.HostRewriteHeader is { } header ? Encoding.ASCII.GetBytes(header) : null;
        if (route.HostPathRegexRewritePattern is { } hostPattern)
        {
            _hostRegex = RouteRegex.Compile(hostPattern);
            _hostSubstitution = Substitution(route.HostPathRegexRewriteSubstitution ?? "");
        }
        if (route.PrefixRewrite is { } prefix)
        {
            _prefix = Encoding.UTF8.GetBytes(prefix);
        }
        else if (route.RegexRewritePattern is { } pattern)
        {
            _pathRegex = RouteRegex.Compile(pattern);
            _pathSubstitution = Substitution(route.RegexRewriteSubstitution ?? "");
        }
        else if (
            !route.To.IsEmpty
            && route.To[0] is { Path.Length: > 0 } to
            && !to.Scheme.EndsWith("unix", StringComparison.Ordinal)
        )
        {
            // The path of the first URL acts as a prefix rewrite, pitfalls included (routing 7.1).
            _prefix = Encoding.UTF8.GetBytes(to.Path);
        }
    }

    /// <summary>Appends the path that goes upstream; false when the result must not be sent (hardening 7.6).</summary>
    public bool TryWritePath(ReadOnlySpan<byte> path, PathMatcher matcher, ByteBuffer into)
    {
        int start = into.Length;
        if (_prefix is not null)
        {
            into.Append(_prefix);
            into.Append(path[matcher.MatchedLength(path)..]);
        }
        else if (_pathRegex is not null)
        {
            into.Append(
                Encoding.Latin1.GetBytes(_pathRegex.Replace(Encoding.Latin1.GetString(path), _pathSubstitution))
            );
        }
        else
        {
            into.Append(path);
        }
        if (into.Length == start)
        {
            into.Append("/"u8);
        }
        ReadOnlySpan<byte> written = into.Span[start..];
        return written.IndexOfAnyInRange((byte)0, (byte)' ') < 0 && written.IndexOfAny((byte)'#', (byte)0x7F) < 0;
    }

    /// <summary>Appends the Host that goes upstream; true when it replaces the client's.</summary>
    /// <param name="endpointHost">Host of the chosen <c>to</c> URL, with its port when the URL states one.</param>
    public bool WriteHost(RequestHead head, ReadOnlySpan<byte> endpointHost, ByteBuffer into)
    {
        if (_host is not null)
        {
            into.Append(_host);
            return true;
        }
        if (_hostHeader is not null)
        {
            bool found =
                head.Headers.TryGet(_hostHeader, out ReadOnlySpan<byte> value) && AuthorityRules.IsValid(value);
            into.Append(found ? value : head.Authority);
            return found;
        }
        if (_hostRegex is not null)
        {
            into.Append(
                Encoding.Latin1.GetBytes(_hostRegex.Replace(Encoding.Latin1.GetString(head.Path), _hostSubstitution))
            );
            return true;
        }
        into.Append(_preserveHost ? head.Authority : endpointHost);
        return !_preserveHost;
    }

    /// <summary>From RE2's <c>\1</c> to .NET's <c>${1}</c>; dollars are plain text there.</summary>
    private static string Substitution(string re2)
    {
        StringBuilder text = new(re2.Length + 8);
        for (int i = 0; i < re2.Length; i++)
        {
            char c = re2[i];
            if (c == '$')
            {
                text.Append("$$");
            }
            else if (c == '\\' && i + 1 < re2.Length)
            {
                char next = re2[++i];
                if (char.IsAsciiDigit(next))
                {
                    text.Append("${").Append(next).Append('}');
                }
                else
                {
                    text.Append(next);
                }
            }
            else
            {
                text.Append(c);
            }
        }
        return text.ToString();
    }
}
