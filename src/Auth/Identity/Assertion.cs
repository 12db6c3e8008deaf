using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Auth.Identity;

/// <summary>A signed assertion for one audience, with the header lines that carry it and the claims beside it. Immutable.</summary>
internal sealed class Assertion
{
    private const int BigClaimBytes = 8 * 1024;
    private const long LifeSeconds = 300;

    /// <summary>Part of its life for which it serves requests, so that upstreams get at least four minutes (identity 6.2).</summary>
    private const long UseMs = 60_000;

    /// <summary>From here on a successor is made beside the requests.</summary>
    private const long RenewMs = 40_000;

    private Assertion(byte[] token, EncodedHeaders headers, long issuedMs, long endMs)
    {
        Token = token;
        Headers = headers;
        UseUntilMs = Math.Min(issuedMs + UseMs, endMs);
        RenewFromMs = issuedMs + RenewMs;
    }

    public byte[] Token { get; }

    /// <summary>The assertion and every claim header.</summary>
    public EncodedHeaders Headers { get; }
    public long UseUntilMs { get; }
    public long RenewFromMs { get; }

    public static Assertion Make(IdentityPlan plan, AssertionFacts facts, AudienceKey audience, long unixMs)
    {
        long now = unixMs / 1000;
        long expires = Math.Min(now + LifeSeconds, facts.ExpiresAt.ToUnixTimeSeconds());
        string id = Guid.NewGuid().ToString();
        string host = Encoding.ASCII.GetString(audience.Host);
        string issuer = audience.Issuer == JwtIssuerFormat.Uri ? $"https://{host}/" : host;
        ImmutableArray<string> groups = audience.Groups?.Keep(facts.Groups) ?? facts.Groups;
        ArrayBufferWriter<byte> payload = new(512);
        using (Utf8JsonWriter json = new(payload))
        {
            json.WriteStartObject();
            json.WriteString("iss"u8, issuer);
            json.WriteString("aud"u8, host);
            json.WriteString("jti"u8, id);
            json.WriteNumber("iat"u8, now);
            json.WriteNumber("exp"u8, expires);
            WriteUser(json, facts, groups);
            json.WriteEndObject();
        }
        byte[] token = Sign(plan.Key, payload.WrittenSpan);
        ByteBuffer lines = new(token.Length + 256);
        WriteLine(lines, "X-Pomerium-Jwt-Assertion"u8, token);
        foreach ((byte[] header, string claim) in plan.ClaimHeaders)
        {
            string value = claim switch
            {
                "iss" => issuer,
                "aud" => host,
                "jti" => id,
                "groups" => string.Join(',', groups),
                "iat" => now.ToString(CultureInfo.InvariantCulture),
                "exp" => expires.ToString(CultureInfo.InvariantCulture),
                _ => ValueOf(facts, claim),
            };
            byte[] bytes = Encoding.UTF8.GetBytes(value);
            WriteLine(lines, header, bytes);
            if (bytes.Length > BigClaimBytes)
            {
                plan.Notices?.BigClaim(facts.SessionId, claim, bytes.Length);
            }
        }
        return new Assertion(token, new EncodedHeaders(lines.Span.ToArray()), unixMs, expires * 1000);
    }

    private static void WriteUser(Utf8JsonWriter json, AssertionFacts facts, ImmutableArray<string> groups)
    {
        json.WriteString("sub"u8, facts.UserId);
        json.WriteString("user"u8, facts.UserId);
        json.WriteString("email"u8, facts.Email);
        json.WriteStartArray("groups"u8);
        foreach (string group in groups)
        {
            json.WriteStringValue(group);
        }
        json.WriteEndArray();
        json.WriteString("sid"u8, facts.SessionId);
        json.WriteString("name"u8, facts.Name);
        foreach ((string name, string value) in facts.Others)
        {
            json.WriteString(name, value);
        }
    }

    private static string ValueOf(AssertionFacts facts, string claim)
    {
        switch (claim)
        {
            case "sub" or "user":
                return facts.UserId;
            case "email":
                return facts.Email;
            case "sid":
                return facts.SessionId;
            case "name":
                return facts.Name;
            default:
                break;
        }
        foreach ((string name, string value) in facts.Others)
        {
            if (string.Equals(name, claim, StringComparison.Ordinal))
            {
                return value;
            }
        }
        return ""; // a missing claim is an empty header, never a missing one (identity 6.4)
    }

    private static byte[] Sign(SigningKey key, ReadOnlySpan<byte> payload)
    {
        byte[] header = key.EncodedHeader;
        int signed = header.Length + Base64Url.GetEncodedLength(payload.Length);
        byte[] token = new byte[signed + 1 + Base64Url.GetEncodedLength(key.SignatureBytes)];
        header.CopyTo(token, 0);
        Base64Url.EncodeToUtf8(payload, token.AsSpan(header.Length));
        Span<byte> signature = new byte[key.SignatureBytes];
        key.Sign(token.AsSpan(0, signed), signature);
        token[signed] = (byte)'.';
        Base64Url.EncodeToUtf8(signature, token.AsSpan(signed + 1));
        return token;
    }

    private static void WriteLine(ByteBuffer lines, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        lines.Append(name);
        lines.Append(": "u8);
        Span<byte> written = lines.Extend(value.Length);
        value.CopyTo(written);
        foreach (ref byte b in written)
        {
            // What a provider says about a user can be anything; it never ends a line (identity 6.4).
            b = b is < 0x20 or 0x7F ? (byte)' ' : b;
        }
        lines.Append("\r\n"u8);
    }
}
