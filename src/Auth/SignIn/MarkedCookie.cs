using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary>A small text kept in the browser under a MAC of the cookie secret: readable, not forgeable.</summary>
internal static class MarkedCookie
{
    private const int MacLength = 32;

    public static string Write(ReadOnlySpan<byte> key, string name, string text, string path, TimeSpan life)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{name}={Base64Text.Bare(bytes)}.{Base64Text.Bare(Mac(key, name, bytes))}; Path={path}; Max-Age={(long)life.TotalSeconds}; HttpOnly; Secure; SameSite=Lax"
        );
    }

    /// <summary>The text of the first genuine cookie of the name; null when there is none.</summary>
    public static string? Read(ReadOnlySpan<byte> key, string name, FlowRequest request)
    {
        foreach (string value in request.Cookies(name))
        {
            int cut = value.IndexOf('.', StringComparison.Ordinal);
            if (
                cut >= 0
                && Base64Text.TryRead(value.AsSpan(0, cut), out byte[]? bytes)
                && Base64Text.TryRead(value.AsSpan(cut + 1), out byte[]? mac)
                && CryptographicOperations.FixedTimeEquals(mac, Mac(key, name, bytes))
            )
            {
                return Encoding.UTF8.GetString(bytes);
            }
        }
        return null;
    }

    public static string Delete(string name, string path) =>
        $"{name}=; Path={path}; Max-Age=0; Expires={DateTimeOffset.UnixEpoch:r}; HttpOnly; Secure; SameSite=Lax";

    private static byte[] Mac(ReadOnlySpan<byte> key, string name, byte[] text)
    {
        byte[] mac = new byte[MacLength];
        HMACSHA256.HashData(key, [.. Encoding.ASCII.GetBytes(name + "|"), .. text], mac);
        return mac;
    }
}
