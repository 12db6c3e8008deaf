using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary>
/// Signed URLs (identity 0.1): HMAC-SHA-512/256 over the whole URL with its canonical query, then the two times once
/// more. Every parameter is covered, also unknown ones; so are scheme, host, port and path.
/// </summary>
public static class UrlSignature
{
    public const int LifetimeSeconds = 300;
    private const int LeewaySeconds = 60;

    /// <param name="url">Scheme, host and path, without a query.</param>
    public static string Sign(ReadOnlySpan<byte> key, string url, QueryParameters parameters, DateTimeOffset now) =>
        Sign(key, url, parameters, now, LifetimeSeconds);

    public static string Sign(
        ReadOnlySpan<byte> key,
        string url,
        QueryParameters parameters,
        DateTimeOffset now,
        int lifetimeSeconds
    )
    {
        long issued = now.ToUnixTimeSeconds();
        long expiry = issued + lifetimeSeconds;
        parameters
            .Remove(SignInParameter.Signature)
            .Set(SignInParameter.Issued, issued.ToString(CultureInfo.InvariantCulture))
            .Set(SignInParameter.Expiry, expiry.ToString(CultureInfo.InvariantCulture));
        byte[] mac = Mac(key, Covered(url, parameters, issued, expiry));
        parameters.Set(SignInParameter.Signature, ToBase64Url(mac));
        return url + "?" + parameters.Encode();
    }

    /// <summary>Checks in the order of identity 0.1, so that the first fault names itself.</summary>
    /// <param name="url">Scheme, host and path as the client asked, without a query.</param>
    public static UrlSignatureFault Verify(
        ReadOnlySpan<byte> key,
        string url,
        QueryParameters parameters,
        DateTimeOffset now
    )
    {
        if (parameters.HasDuplicates)
        {
            return UrlSignatureFault.Duplicate;
        }
        Span<byte> given = stackalloc byte[MacLength];
        if (!TryFromBase64Url(parameters[SignInParameter.Signature], given))
        {
            return UrlSignatureFault.Malformed;
        }
        if (
            !TryTime(parameters[SignInParameter.Issued], out long issued)
            || !TryTime(parameters[SignInParameter.Expiry], out long expiry)
        )
        {
            return UrlSignatureFault.MalformedTime;
        }
        long seconds = now.ToUnixTimeSeconds();
        if (seconds - LeewaySeconds > expiry)
        {
            return UrlSignatureFault.Expired;
        }
        if (seconds + LeewaySeconds < issued)
        {
            return UrlSignatureFault.IssuedInFuture;
        }
        QueryParameters covered = new();
        foreach ((string name, string value) in parameters.Pairs)
        {
            covered.Set(name, value);
        }
        covered.Remove(SignInParameter.Signature);
        byte[] wanted = Mac(key, Covered(url, covered, issued, expiry));
        return CryptographicOperations.FixedTimeEquals(wanted, given)
            ? UrlSignatureFault.None
            : UrlSignatureFault.Wrong;
    }

    /// <summary>The fixed text of the fault, shown as the description of the error page (identity 7.1).</summary>
    public static string Text(UrlSignatureFault fault) =>
        fault switch
        {
            UrlSignatureFault.Malformed => "internal/urlutil: malformed signature",
            UrlSignatureFault.MalformedTime => "internal/urlutil: malformed unix timestamp field",
            UrlSignatureFault.Expired => "internal/urlutil: validation failed, url hmac is expired",
            UrlSignatureFault.IssuedInFuture => "internal/urlutil: validation field, url hmac issued in the future",
            UrlSignatureFault.Duplicate => "internal/urlutil: a signed parameter is given more than once",
            UrlSignatureFault.Wrong => "internal/urlutil: hmac failed",
            _ => "",
        };

    private const int MacLength = 32;

    private static string Covered(string url, QueryParameters parameters, long issued, long expiry) =>
        string.Create(CultureInfo.InvariantCulture, $"{url}?{parameters.Encode()}{issued} {expiry}");

    private static byte[] Mac(ReadOnlySpan<byte> key, string text)
    {
        HMac mac = new(new Sha512tDigest(256));
        mac.Init(new KeyParameter(key));
        mac.BlockUpdate(Encoding.UTF8.GetBytes(text));
        byte[] result = new byte[MacLength];
        mac.DoFinal(result, 0);
        return result;
    }

    private static bool TryTime(string text, out long seconds) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seconds)
        && seconds < int.MaxValue * 100L;

    private static string ToBase64Url(ReadOnlySpan<byte> bytes) =>
        Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_');

    private static bool TryFromBase64Url(string text, Span<byte> bytes) =>
        text.Length == 44
        && !text.AsSpan().ContainsAny("\r\n \t")
        && Base64Url.IsValid(text)
        && Base64Url.TryDecodeFromChars(text, bytes, out int written)
        && written == bytes.Length;
}

public enum UrlSignatureFault
{
    None,

    /// <summary>A parameter given twice: signing and reading could mean different ones.</summary>
    Duplicate,
    Malformed,
    MalformedTime,
    Expired,
    IssuedInFuture,
    Wrong,
}
