using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Pomerium.Fast.Server.Demo.DevelopmentApp;

/// <summary>
/// What every upstream should do with <c>X-Pomerium-Jwt-Assertion</c>: verify the signature by the keys that the
/// proxy publishes, and compare issuer and audience with the own name (identity spec 6.2, 6.3).
/// </summary>
internal sealed class AssertionCheck(HttpClient proxy, IReadOnlySet<string> ownNames, TimeProvider time)
{
    private const string KeysPath = "/.well-known/pomerium/jwks.json";
    private static readonly TimeSpan RefetchMin = TimeSpan.FromSeconds(2);
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private JsonWebKeySet? _keys;
    private DateTimeOffset _fetched;

    public async Task<ReceivedIdentity> ReadAsync(string? assertion, CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(assertion))
        {
            return new ReceivedIdentity
            {
                State = AssertionState.Missing,
                Explanation =
                    "No assertion came with this request: it did not come through the proxy, or the route does not pass identity headers.",
            };
        }
        if (!_handler.CanReadToken(assertion))
        {
            return Refused("The header holds no JSON Web Token.");
        }
        JsonWebToken token = _handler.ReadJsonWebToken(assertion);
        if (!ownNames.Contains(token.Issuer))
        {
            return Refused($"The issuer '{token.Issuer}' is none of this app's names.");
        }
        try
        {
            return await VerifyAsync(token, cancellation);
        }
        catch (HttpRequestException unreachable)
        {
            return Refused($"The proxy's keys cannot be fetched: {unreachable.Message}");
        }
    }

    private async Task<ReceivedIdentity> VerifyAsync(JsonWebToken token, CancellationToken cancellation)
    {
        string from = $"https://{token.Issuer}{KeysPath}";
        JsonWebKeySet keys = await KeysAsync(from, token.Kid, cancellation);
        TokenValidationResult result = await _handler.ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                ValidIssuer = token.Issuer,
                ValidAudience = token.Issuer,
                IssuerSigningKeys = keys.GetSigningKeys(),
                ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSha256],
                RequireExpirationTime = true,
                ClockSkew = TimeSpan.FromSeconds(30),
            }
        );
        return result.IsValid
            ? new ReceivedIdentity
            {
                State = AssertionState.Verified,
                Explanation = $"Signature (by key {Start(token.Kid)}), issuer, audience and time are right.",
                KeysFrom = from,
                Claims = Claims(token.EncodedPayload),
            }
            : Refused(result.Exception?.Message ?? "The token is not valid.");
    }

    private async Task<JsonWebKeySet> KeysAsync(string from, string? kid, CancellationToken cancellation)
    {
        if (_keys is { } known && (Holds(known, kid) || time.GetUtcNow() - _fetched < RefetchMin))
        {
            return known;
        }
        JsonWebKeySet keys = new(await proxy.GetStringAsync(new Uri(from), cancellation));
        _fetched = time.GetUtcNow();
        _keys = keys;
        return keys;
    }

    private static bool Holds(JsonWebKeySet keys, string? kid) =>
        keys.Keys.Any(k => string.Equals(k.Kid, kid, StringComparison.Ordinal));

    private static ReceivedIdentity Refused(string why) => new() { State = AssertionState.Refused, Explanation = why };

    /// <summary>Enough of the key's id to find it among the published ones.</summary>
    private static string Start(string? id) => id is { Length: > 8 } ? id[..8] + "\u2026" : id ?? "";

    /// <summary>As sent and in order: texts bare, everything else as JSON.</summary>
    private static List<ReceivedClaim> Claims(string payload)
    {
        using JsonDocument document = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(payload));
        List<ReceivedClaim> claims = [];
        foreach (JsonProperty claim in document.RootElement.EnumerateObject())
        {
            bool text = claim.Value.ValueKind is JsonValueKind.String;
            claims.Add(new ReceivedClaim(claim.Name, text ? claim.Value.GetString()! : claim.Value.GetRawText()));
        }
        return claims;
    }
}
