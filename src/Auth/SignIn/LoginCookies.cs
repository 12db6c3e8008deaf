using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary>The short-lived cookies of a login on the authenticate host (identity 2.7): CSRF token and PKCE verifier.</summary>
internal sealed class LoginCookies(SignInSettings settings)
{
    private const int TokenLength = 32;
    private const int MacLength = 32;
    private static readonly TimeSpan CsrfLife = TimeSpan.FromHours(12);
    private static readonly TimeSpan PkceLife = TimeSpan.FromMinutes(5);

    private string CsrfName => settings.Cookie.Name + "_csrf";

    /// <summary>The token of the request's cookie while that is good, so that parallel tabs share it; else a new one.</summary>
    public (byte[] Token, string? SetCookie) EnsureCsrf(FlowRequest request)
    {
        if (CsrfToken(request) is { } kept)
        {
            return (kept, null);
        }
        byte[] value = new byte[TokenLength + 8 + MacLength];
        RandomNumberGenerator.Fill(value.AsSpan(0, TokenLength));
        BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(TokenLength), settings.Now.ToUnixTimeSeconds());
        CsrfMac(value, value.AsSpan(TokenLength + 8));
        string cookie = Write(CsrfName, Base64Text.Bare(value), "/", CsrfLife, settings.Now);
        return (value[..TokenLength], cookie);
    }

    /// <summary>Null when no cookie of the request is ours and young enough.</summary>
    public byte[]? CsrfToken(FlowRequest request)
    {
        Span<byte> wanted = stackalloc byte[MacLength];
        foreach (string text in request.Cookies(CsrfName))
        {
            if (!Base64Text.TryRead(text, out byte[]? value) || value.Length != TokenLength + 8 + MacLength)
            {
                continue;
            }
            CsrfMac(value, wanted);
            long made = BinaryPrimitives.ReadInt64BigEndian(value.AsSpan(TokenLength));
            long age = settings.Now.ToUnixTimeSeconds() - made;
            if (
                CryptographicOperations.FixedTimeEquals(wanted, value.AsSpan(TokenLength + 8))
                && age >= -60
                && age < (long)CsrfLife.TotalSeconds
            )
            {
                return value[..TokenLength];
            }
        }
        return null;
    }

    public string SetPkce(string state, string verifier)
    {
        string name = PkceName(state);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(
            new PkceValue(verifier, settings.Now.ToUnixTimeSeconds()),
            SignInJson.Default.PkceValue
        );
        byte[] wire = Aead.Seal(settings.CookieSecret, json, Encoding.ASCII.GetBytes(name));
        return Write(name, Base64Text.Bare(wire), CallbackPath, PkceLife, settings.Now);
    }

    /// <summary>The verifier kept for this state; null when it is missing, foreign or too old.</summary>
    public string? PkceVerifier(FlowRequest request, string state)
    {
        string name = PkceName(state);
        foreach (string text in request.Cookies(name))
        {
            if (
                Base64Text.TryRead(text, out byte[]? wire)
                && Aead.TryOpen(settings.CookieSecret, wire, Encoding.ASCII.GetBytes(name), out byte[]? json, out _)
                && JsonSerializer.Deserialize(json, SignInJson.Default.PkceValue) is { } value
                && settings.Now.ToUnixTimeSeconds() - value.IssuedAt <= (long)PkceLife.TotalSeconds
            )
            {
                return value.Verifier;
            }
        }
        return null;
    }

    public string DeletePkce(string state) => Delete(PkceName(state), CallbackPath);

    private string CallbackPath => settings.Snapshot.Identity.CallbackPath;

    private string PkceName(string state) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{settings.Cookie.Name}_pkce_{XxHash3.HashToUInt64(Encoding.ASCII.GetBytes(state))}"
        );

    private void CsrfMac(ReadOnlySpan<byte> value, Span<byte> mac)
    {
        Span<byte> input = stackalloc byte[4 + TokenLength + 8];
        "csrf"u8.CopyTo(input);
        value[..(TokenLength + 8)].CopyTo(input[4..]);
        HMACSHA256.HashData(settings.CookieSecret, input, mac);
    }

    /// <summary>Never Strict: the provider's answer comes from another site, and would come without the cookie.</summary>
    private string SameSite =>
        settings.Cookie.SameSite switch
        {
            CookieSameSite.Unset => "",
            CookieSameSite.None => "; SameSite=None",
            _ => "; SameSite=Lax",
        };

    private string Write(string name, string value, string path, TimeSpan life, DateTimeOffset now) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{name}={value}; Path={path}; Max-Age={(long)life.TotalSeconds}; Expires={now + life:r}; HttpOnly; Secure{SameSite}"
        );

    private string Delete(string name, string path) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{name}=; Path={path}; Max-Age=0; Expires={DateTimeOffset.UnixEpoch:r}; HttpOnly; Secure{SameSite}"
        );
}

internal sealed record PkceValue(
    [property: JsonPropertyName("v")] string Verifier,
    [property: JsonPropertyName("iat")] long IssuedAt
);

[JsonSerializable(typeof(PkceValue))]
internal sealed partial class SignInJson : JsonSerializerContext;
