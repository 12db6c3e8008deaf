using System.Globalization;
using System.Text;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Auth.Credentials;

/// <summary>Set-Cookie values of the route's and the authenticate host's session cookie (identity 2.7).</summary>
public sealed class SessionCookie(CookieOptions options, TimeProvider clock)
{
    /// <summary>On route hosts.</summary>
    public string RouteName { get; } = options.Name;

    /// <summary>On the authenticate host.</summary>
    public string AuthenticateName { get; } = options.Name + "_authenticate";

    public string Set(string name, string handle) =>
        Write(name, handle, clock.GetUtcNow() + options.Expire, deleted: false);

    public string Delete(string name) => Write(name, "", DateTimeOffset.UnixEpoch, deleted: true);

    // Always Secure, also behind a TLS terminator; no Max-Age and no SameSite unless asked for (identity 2.7).
    private string Write(string name, string value, DateTimeOffset expires, bool deleted)
    {
        StringBuilder text = new(name);
        text.Append('=').Append(value).Append("; Path=/");
        if (options.Domain.Length > 0)
        {
            text.Append("; Domain=").Append(options.Domain);
        }
        text.Append("; Expires=").Append(expires.ToString("r", CultureInfo.InvariantCulture));
        if (deleted)
        {
            text.Append("; Max-Age=0");
        }
        if (options.HttpOnly)
        {
            text.Append("; HttpOnly");
        }
        text.Append("; Secure");
        if (options.SameSite != CookieSameSite.Unset)
        {
            text.Append("; SameSite=").Append(options.SameSite.ToString());
        }
        return text.ToString();
    }
}
