using System.Buffers;
using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Config.Rules;

/// <summary>The session cookie (config spec 2.7).</summary>
internal static class CookieRules
{
    private static readonly SearchValues<char> NotInDomain = SearchValues.Create(";, \r\n\0");

    public static CookieOptions Read(OptionReader options)
    {
        CookieOptions defaults = new();
        string name = options.Text("cookie_name", defaults.Name);
        if (!HeaderNames.IsToken(name))
        {
            options.Error(
                "cookie_name",
                "invalid-cookie-name",
                $"\"{name}\" is no valid cookie name",
                "write letters, digits, - and _"
            );
        }
        string domain = options.Text("cookie_domain", defaults.Domain);
        if (domain.AsSpan().IndexOfAny(NotInDomain) >= 0)
        {
            options.Error(
                "cookie_domain",
                "invalid-cookie-domain",
                $"\"{domain}\" is no valid domain",
                "write a host name"
            );
        }
        return new CookieOptions
        {
            Name = name,
            Domain = domain,
            HttpOnly = options.Flag("cookie_http_only", defaults.HttpOnly),
            Expire = options.Duration("cookie_expire", defaults.Expire),
            SameSite = SameSite(options),
        };
    }

    private static CookieSameSite SameSite(OptionReader options)
    {
        string text = options.Text("cookie_same_site", "").ToLowerInvariant();
        switch (text)
        {
            case "":
                return CookieSameSite.Unset;
            case "strict":
                return CookieSameSite.Strict;
            case "lax":
                return CookieSameSite.Lax;
            case "none":
                return CookieSameSite.None;
            default:
                options.Error(
                    "cookie_same_site",
                    "unknown-choice",
                    $"config: invalid cookie_same_site: unknown cookie_same_site: {text}",
                    OptionReader.Suggest(text, ["strict", "lax", "none"])
                );
                return CookieSameSite.Unset;
        }
    }
}
