using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary>
/// The <c>state</c> of an authorization request (identity 2.4, 2.5): CSRF token and time in the clear, the address to
/// return to sealed. The server keeps nothing.
/// </summary>
internal static class LoginState
{
    private const int LifeSeconds = 300;

    /// <param name="returnUrl">Absolute URL of the authenticate host.</param>
    public static string Make(ReadOnlySpan<byte> key, byte[] csrfToken, DateTimeOffset now, string returnUrl)
    {
        byte[] clear = Encoding.ASCII.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Convert.ToBase64String(csrfToken)}|{now.ToUnixTimeSeconds()}||"
            )
        );
        return Base64Text.Padded([.. clear, .. Aead.Seal(key, Encoding.UTF8.GetBytes(returnUrl), clear)]);
    }

    /// <summary>Checks 3 to 8 of identity 2.5, in that order.</summary>
    /// <param name="csrfToken">Of the request's cookie; null when it has none that is good.</param>
    /// <param name="isOurs">Whether the sealed URL belongs to the authenticate host.</param>
    public static (string? ReturnUrl, string Fault, bool IsTimeFault) Open(
        ReadOnlySpan<byte> key,
        string state,
        byte[]? csrfToken,
        DateTimeOffset now,
        Func<string, bool> isOurs
    )
    {
        if (!Base64Text.TryRead(state, out byte[]? bytes))
        {
            return (null, "bad bytes: state is not base64url", false);
        }
        int[] bars = Bars(bytes);
        if (bars.Length < 3)
        {
            return (null, $"state malformed, size: {bars.Length + 1}", false);
        }
        ReadOnlySpan<byte> clear = bytes.AsSpan(0, bars[2] + 1);
        if (!Aead.TryOpen(key, bytes.AsSpan(bars[2] + 1), clear, out byte[]? opened, out string fault))
        {
            return (null, fault, false);
        }
        string returnUrl = Encoding.UTF8.GetString(opened);
        if (!isOurs(returnUrl))
        {
            return (null, "the state does not lead back to this server", false);
        }
        string token = Encoding.ASCII.GetString(bytes.AsSpan(0, bars[0]));
        if (
            csrfToken is null
            || !CryptographicOperations.FixedTimeEquals(
                Encoding.ASCII.GetBytes(Convert.ToBase64String(csrfToken)),
                Encoding.ASCII.GetBytes(token)
            )
        )
        {
            return (null, "invalid CSRF token", false);
        }
        string time = Encoding.ASCII.GetString(bytes.AsSpan(bars[0] + 1, bars[1] - bars[0] - 1));
        return Time(time, now) is { } late ? (returnUrl, late, true) : (returnUrl, "", false);
    }

    private static string? Time(string text, DateTimeOffset now)
    {
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long made))
        {
            return "internal/cryptutil: timestamp malformed";
        }
        long age = now.ToUnixTimeSeconds() - made;
        return age > LifeSeconds ? "internal/cryptutil: timestamp expired"
            : age < -LifeSeconds ? "internal/cryptutil: timestamp too soon"
            : null;
    }

    private static int[] Bars(byte[] bytes)
    {
        List<int> found = [];
        for (int i = 0; i < bytes.Length && found.Count < 3; i++)
        {
            if (bytes[i] == '|')
            {
                found.Add(i);
            }
        }
        return [.. found];
    }
}
