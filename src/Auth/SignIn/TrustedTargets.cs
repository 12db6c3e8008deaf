using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Routing;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary>
/// Which addresses a redirect may lead to (identity 2.8): hosts of routes and the sign-in host, whitelisted programs,
/// and where the operator sends users who signed out. Anything else would make the proxy an open redirector.
/// </summary>
public sealed class TrustedTargets
{
    private readonly HashSet<string> _anyPort = new(StringComparer.Ordinal);
    private readonly HashSet<string> _exact = new(StringComparer.Ordinal);
    private readonly List<HostPattern> _wildcards = [];
    private readonly HashSet<string> _programs;
    private readonly string _signOutRedirect;
    private readonly bool _anySignOut;
    private readonly bool _hasRoutes;

    public TrustedTargets(ConfigSnapshot snapshot)
    {
        bool anyPort = snapshot.Flag("match_any_incoming_port");
        foreach (RouteConfig route in snapshot.Routes)
        {
            Add(route.From, anyPort && route.From.Port is null);
        }
        if (snapshot.Identity.AuthenticateUrl is { } url)
        {
            _exact.Add(Origin.Authority(url));
        }
        _programs = new(
            snapshot.Identity.ProgrammaticRedirectHosts.Select(static h => h.Trim('[', ']')),
            StringComparer.OrdinalIgnoreCase
        );
        _signOutRedirect = snapshot.Identity.SignOutRedirectUrl?.AbsoluteUri ?? "";
        _anySignOut = snapshot.Flag("allow_any_sign_out_redirect_uri");
        _hasRoutes = !snapshot.Routes.IsEmpty;
    }

    /// <summary>An https address of a route or of the sign-in host; the caller has found it in a signed URL.</summary>
    public bool IsRoute(string target) => TryRead(target, out Uri? uri) && uri.Scheme is "https" && IsKnown(uri);

    /// <summary>A program's address that the operator listed (identity 5.1).</summary>
    public bool IsProgram(string target) => TryRead(target, out Uri? uri) && (IsListed(uri) || IsLoopback(target, uri));

    /// <summary>The end of a sign-out: what the operator configured, else what was asked where the flag allows it.</summary>
    public string AfterSignOut(string asked) => _anySignOut && TryRead(asked, out _) ? asked : _signOutRedirect;

    /// <summary>Whether a target kept in a cookie may still be followed.</summary>
    public bool IsSignOutTarget(string target) =>
        TryRead(target, out _) && (_anySignOut || string.Equals(target, _signOutRedirect, StringComparison.Ordinal));

    /// <summary>Absolute, http or https, without user info and without characters that browsers and we could read differently.</summary>
    public static bool TryRead(string target, [NotNullWhen(true)] out Uri? uri)
    {
        uri = null;
        int start =
            target.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8
            : target.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7
            : 0;
        if (
            start == 0
            || target.AsSpan().ContainsAnyExceptInRange('!', '~')
            || target.Contains('\\', StringComparison.Ordinal)
        )
        {
            return false;
        }
        int end = target.AsSpan(start).IndexOfAny('/', '?', '#');
        ReadOnlySpan<char> authority = end < 0 ? target.AsSpan(start) : target.AsSpan(start, end);
        return AuthorityRules.IsValid(Encoding.ASCII.GetBytes(authority.ToString()))
            && Uri.TryCreate(target, UriKind.Absolute, out uri)
            && uri.UserInfo.Length == 0;
    }

    private void Add(RouteSource from, bool anyPort)
    {
        string name = from.Port is { } port ? $"{from.Host}:{port}" : from.Host;
        if (from.Host.Contains('*', StringComparison.Ordinal))
        {
            _wildcards.Add(new HostPattern(Encoding.ASCII.GetBytes(name), anyPort));
            return;
        }
        _exact.Add(name);
        if (anyPort)
        {
            _anyPort.Add(from.Host);
        }
    }

    private bool IsKnown(Uri uri)
    {
        string authority = Origin.Authority(uri);
        if (!_hasRoutes || _exact.Contains(authority) || _anyPort.Contains(HostOf(authority)))
        {
            return true;
        }
        byte[] bytes = Encoding.ASCII.GetBytes(authority);
        return _wildcards.Exists(w => w.Matches(bytes));
    }

    private static string HostOf(string authority) =>
        Encoding.ASCII.GetString(AuthorityRules.HostOf(Encoding.ASCII.GetBytes(authority), out _, out _));

    private bool IsListed(Uri uri) => _programs.Contains(uri.DnsSafeHost) && !IsNumeric(uri);

    /// <summary>Addresses are listed by their text and compared in <see cref="IsLoopback"/>, never as what they may be read as.</summary>
    private static bool IsNumeric(Uri uri) =>
        uri.HostNameType is UriHostNameType.IPv4 && !IsPlainIPv4(uri.OriginalString);

    /// <summary>
    /// The entry <c>localhost</c> admits 127.0.0.0/8 and ::1 in their one plain spelling: others (octal, one number, a
    /// trailing dot) are read differently by different programs.
    /// </summary>
    private bool IsLoopback(string target, Uri uri)
    {
        if (!_programs.Contains("localhost"))
        {
            return false;
        }
        int start = target.IndexOf("://", StringComparison.Ordinal) + 3;
        ReadOnlySpan<char> rest = target.AsSpan(start);
        if (uri.HostNameType == UriHostNameType.IPv6)
        {
            return rest.StartsWith("[::1]");
        }
        return rest.StartsWith("127.") && IsPlainIPv4(target);
    }

    private static bool IsPlainIPv4(string target)
    {
        int start = target.IndexOf("://", StringComparison.Ordinal) + 3;
        ReadOnlySpan<char> host = target.AsSpan(start);
        int end = host.IndexOfAny(":/?#");
        host = end < 0 ? host : host[..end];
        int parts = 0;
        foreach (Range range in host.Split('.'))
        {
            ReadOnlySpan<char> part = host[range];
            if (
                part.Length is 0 or > 3
                || (part.Length > 1 && part[0] == '0')
                || !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            )
            {
                return false;
            }
            parts++;
        }
        return parts == 4;
    }
}
