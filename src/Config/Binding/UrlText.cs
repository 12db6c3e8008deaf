using System.Buffers;
using System.Globalization;

namespace Pomerium.Fast.Config.Binding;

/// <summary>
/// A URL taken apart without changing its text: hosts may hold <c>*</c>, which the framework's type refuses, and the
/// causes are those that operators know from the reference (config spec 1.8).
/// </summary>
internal sealed record UrlText(
    string Text,
    string Scheme,
    string UserInfo,
    string Host,
    string Port,
    string Path,
    string Query
)
{
    private static readonly SearchValues<char> NotInHost = SearchValues.Create(" \"<>\\^`{|}");

    /// <returns>The parts, or null with the cause of a parse error.</returns>
    public static UrlText? Parse(string text, out string cause)
    {
        cause = Syntax(text);
        if (cause.Length > 0)
        {
            return null;
        }
        ReadOnlySpan<char> rest = text;
        int fragment = rest.IndexOf('#');
        rest = fragment < 0 ? rest : rest[..fragment];
        int colon = SchemeLength(rest);
        if (colon == 0)
        {
            cause = $"parse \"{text}\": missing protocol scheme";
            return null;
        }
        string scheme = colon < 0 ? "" : rest[..colon].ToString().ToLowerInvariant();
        rest = rest[(colon + 1)..];
        int mark = rest.IndexOf('?');
        string query = mark < 0 ? "" : rest[(mark + 1)..].ToString();
        rest = mark < 0 ? rest : rest[..mark];
        if (!rest.StartsWith("//"))
        {
            int slash = rest.IndexOf('/');
            int inner = rest.IndexOf(':');
            if (scheme.Length == 0 && inner >= 0 && (slash < 0 || inner < slash))
            {
                cause = $"parse \"{text}\": first path segment in URL cannot contain colon";
                return null;
            }
            // "host:8080" reads as a scheme with an opaque rest: no host, no path.
            return new UrlText(text, scheme, "", "", "", rest.StartsWith('/') ? rest.ToString() : "", query);
        }
        rest = rest[2..];
        int path = rest.IndexOf('/');
        ReadOnlySpan<char> authority = path < 0 ? rest : rest[..path];
        return OfAuthority(text, scheme, authority, path < 0 ? "" : rest[path..].ToString(), query, out cause);
    }

    private static UrlText? OfAuthority(
        string text,
        string scheme,
        ReadOnlySpan<char> authority,
        string path,
        string query,
        out string cause
    )
    {
        cause = "";
        int at = authority.LastIndexOf('@');
        string user = at < 0 ? "" : authority[..at].ToString();
        authority = authority[(at + 1)..];
        int hostEnd = authority.StartsWith('[') ? authority.IndexOf(']') + 1 : authority.LastIndexOf(':');
        if (authority.StartsWith('[') && hostEnd == 0)
        {
            cause = $"parse \"{text}\": missing ']' in host";
            return null;
        }
        ReadOnlySpan<char> host = hostEnd < 0 ? authority : authority[..hostEnd];
        ReadOnlySpan<char> port = hostEnd < 0 || hostEnd == authority.Length ? "" : authority[hostEnd..];
        if (!port.IsEmpty && (port[0] != ':' || !IsPort(port[1..])))
        {
            cause = $"parse \"{text}\": invalid port \"{port}\" after host";
            return null;
        }
        int bad = host.IndexOfAny(NotInHost);
        if (bad >= 0)
        {
            cause = $"parse \"{text}\": invalid character \"{host[bad]}\" in host name";
            return null;
        }
        return new UrlText(text, scheme, user, host.ToString(), port.TrimStart(':').ToString(), path, query);
    }

    private static bool IsPort(ReadOnlySpan<char> port) =>
        port.IsEmpty || (ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out ushort _));

    private static string Syntax(string text)
    {
        foreach (char c in text)
        {
            if (char.IsControl(c))
            {
                return "net/url: invalid control character in URL";
            }
        }
        return "";
    }

    /// <summary>Position of the colon after a scheme; 0 when nothing stands before it, -1 without a scheme.</summary>
    private static int SchemeLength(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == ':')
            {
                return i;
            }
            if (!char.IsAsciiLetter(c) && (i == 0 || !(char.IsAsciiDigit(c) || c is '+' or '-' or '.')))
            {
                return -1;
            }
        }
        return -1;
    }
}
