using System.Text;
using System.Text.RegularExpressions;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Http.Routing;

/// <summary>Which key of a route speaks about the path.</summary>
internal enum PathKind : byte
{
    Prefix,
    Exact,
    Regex,
}

/// <summary>The path key of a route, compiled: regex, else path, else prefix, else everything (routing 4.2).</summary>
public sealed class PathMatcher
{
    private const int CharsOnStack = 1024;
    private readonly byte[] _prefix;
    private readonly byte[]? _exact;
    private readonly Regex? _regex;

    /// <exception cref="ArgumentException">The regex is invalid or not of the linear-time kind.</exception>
    public PathMatcher(RouteConfig route)
    {
        _prefix = Encoding.UTF8.GetBytes(route.Prefix ?? "/");
        if (route.Regex is { } pattern)
        {
            _regex = RouteRegex.Compile($"^(?:{pattern})$");
        }
        else if (route.Path is { } path)
        {
            _exact = Encoding.UTF8.GetBytes(path);
        }
    }

    internal PathKind Kind =>
        _regex is not null ? PathKind.Regex
        : _exact is not null ? PathKind.Exact
        : PathKind.Prefix;

    /// <summary>The prefix, or the whole path; of no meaning beside a regex.</summary>
    internal ReadOnlySpan<byte> Literal => _exact ?? _prefix;

    /// <summary>Bytes at the front of a matching path that a prefix rewrite replaces.</summary>
    public int MatchedLength(ReadOnlySpan<byte> path) =>
        _regex is null && _exact is null ? _prefix.Length : path.Length;

    public bool Matches(ReadOnlySpan<byte> path) =>
        _regex is not null ? MatchesRegex(path)
        : _exact is not null ? path.SequenceEqual(_exact)
        : path.StartsWith(_prefix);

    private bool MatchesRegex(ReadOnlySpan<byte> path)
    {
        if (path.Length > CharsOnStack)
        {
            return _regex!.IsMatch(Encoding.Latin1.GetString(path));
        }
        Span<char> text = stackalloc char[CharsOnStack];
        int length = Encoding.Latin1.GetChars(path, text);
        return _regex!.IsMatch(text[..length]);
    }
}

internal static class RouteRegex
{
    /// <summary>Linear time whatever the input: a configured pattern can be no denial of service.</summary>
    public static Regex Compile(string pattern) =>
        new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Timeout.InfiniteTimeSpan);
}
