using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary>
/// Ties a sign-in to the browser that asked for it (identity 2.3): a random cookie on the route's host, whose hash
/// travels in the signed URLs. Without it anybody could send a victim the callback URL of his own session.
/// </summary>
public static class LoginBinding
{
    private const int ValueLength = 22; // 16 bytes in base64url

    public static string CookieName(CookieOptions cookie) => cookie.Name + "_login";

    public static string NewValue()
    {
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(random);
    }

    public static bool IsWellFormed(ReadOnlySpan<char> value) =>
        value.Length == ValueLength && Base64Url.IsValid(value);

    public static string Nonce(string cookieValue) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(cookieValue)));

    /// <summary>The whole Set-Cookie value; only callbacks ever see the cookie again.</summary>
    public static string SetCookie(CookieOptions cookie, string value) =>
        $"{CookieName(cookie)}={value}; Path={SignInPath.Callback}; Max-Age=3600; HttpOnly; Secure; SameSite="
        + (cookie.SameSite == CookieSameSite.None ? "None" : "Lax");
}
