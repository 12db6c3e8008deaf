using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Pomerium.Fast.Auth.Providers;

/// <summary>
/// ID tokens (identity 4.2, OIDC Core 3.1.3.7): signed by a published key with an asymmetric algorithm, for us, in
/// time, and answering our nonce. Keys that a token brings along or points at are never looked at.
/// </summary>
internal sealed class IdTokenVerifier(OidcDiscovery discovery, string clientId, bool issuerDiffers, TimeProvider clock)
{
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan IssuedAheadMax = TimeSpan.FromMinutes(5);
    private static readonly JsonWebTokenHandler Handler = new() { MaximumTokenSizeInBytes = 64 * 1024 };

    private static readonly FrozenSet<string> Allowed = new[]
    {
        SecurityAlgorithms.RsaSha256,
        SecurityAlgorithms.RsaSha384,
        SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256,
        SecurityAlgorithms.RsaSsaPssSha384,
        SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256,
        SecurityAlgorithms.EcdsaSha384,
        SecurityAlgorithms.EcdsaSha512,
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The payload of a token that holds; <see cref="ProviderException"/> otherwise.</summary>
    /// <param name="nonce">Null when none was asked for (refresh, signed userinfo).</param>
    public async ValueTask<JsonElement> VerifyAsync(string token, string? nonce, CancellationToken cancellation)
    {
        JsonWebToken jwt = await VerifySignedAsync(token, requireExpiry: true, cancellation);
        JsonElement payload = JsonElement.Parse(Base64UrlEncoder.DecodeBytes(jwt.EncodedPayload));
        CheckClaims(jwt, payload, nonce);
        return payload;
    }

    /// <summary>A signed userinfo answer: ours and genuine; it need not expire (OIDC Core 5.3.2).</summary>
    public async ValueTask<JsonElement> VerifyUserInfoAsync(string token, CancellationToken cancellation)
    {
        JsonWebToken jwt = await VerifySignedAsync(token, requireExpiry: false, cancellation);
        return JsonElement.Parse(Base64UrlEncoder.DecodeBytes(jwt.EncodedPayload));
    }

    private async ValueTask<JsonWebToken> VerifySignedAsync(
        string token,
        bool requireExpiry,
        CancellationToken cancellation
    )
    {
        OpenIdConnectConfiguration document = await discovery.DocumentAsync(cancellation);
        IReadOnlyList<SecurityKey> keys = await discovery.KeysAsync(cancellation);
        TokenValidationResult result = await ValidateAsync(token, document, keys, requireExpiry);
        if (!result.IsValid && result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            keys = await discovery.RefetchKeysAsync(cancellation);
            result = await ValidateAsync(token, document, keys, requireExpiry);
        }
        return result.IsValid
            ? (JsonWebToken)result.SecurityToken
            : throw Bad($"the token is not valid: {result.Exception?.GetType().Name}", result.Exception);
    }

    private Task<TokenValidationResult> ValidateAsync(
        string token,
        OpenIdConnectConfiguration document,
        IReadOnlyList<SecurityKey> keys,
        bool requireExpiry
    ) =>
        Handler.ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                ValidAlgorithms = Algorithms(document),
                IssuerSigningKeys = keys,
                ValidAudience = clientId,
                IssuerValidator = (issuer, jwt, _) => CheckIssuer(issuer, (JsonWebToken)jwt, document),
                RequireExpirationTime = requireExpiry,
                LifetimeValidator = (notBefore, expires, _, _) => IsTimely(notBefore, expires, requireExpiry),
                RequireSignedTokens = true,
                TryAllIssuerSigningKeys = false,
            }
        );

    private static List<string> Algorithms(OpenIdConnectConfiguration document) =>
        document.IdTokenSigningAlgValuesSupported.Count == 0
            ? [SecurityAlgorithms.RsaSha256]
            : [.. document.IdTokenSigningAlgValuesSupported.Where(Allowed.Contains)];

    /// <summary>Entra's common endpoint names the tenant by a placeholder; the token must name the same tenant twice.</summary>
    private string CheckIssuer(string issuer, JsonWebToken jwt, OpenIdConnectConfiguration document)
    {
        string wanted = document.Issuer;
        if (issuerDiffers && jwt.TryGetPayloadValue("tid", out string tenant))
        {
            wanted = wanted.Replace("{tenantid}", tenant, StringComparison.Ordinal);
        }
        return string.Equals(issuer, wanted, StringComparison.Ordinal)
            ? issuer
            : throw new SecurityTokenInvalidIssuerException("the issuer is another");
    }

    private bool IsTimely(DateTime? notBefore, DateTime? expires, bool requireExpiry)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        return (notBefore is not { } start || now >= start - Leeway)
            && (expires is { } end ? now < end + Leeway : !requireExpiry);
    }

    private void CheckClaims(JsonWebToken jwt, JsonElement payload, string? nonce)
    {
        if (
            jwt.TryGetPayloadValue("azp", out string party) && !string.Equals(party, clientId, StringComparison.Ordinal)
        )
        {
            throw Bad("azp names another client");
        }
        if (jwt.Audiences.Skip(1).Any() && party is not { Length: > 0 })
        {
            throw Bad("several audiences and no azp");
        }
        if (jwt.IssuedAt > (clock.GetUtcNow() + IssuedAheadMax).UtcDateTime)
        {
            throw Bad("iat lies in the future");
        }
        if (!payload.TryGetProperty("sub", out JsonElement sub) || sub.ValueKind != JsonValueKind.String)
        {
            throw Bad("sub is missing");
        }
        if (nonce is null)
        {
            return;
        }
        string given =
            payload.TryGetProperty("nonce", out JsonElement claim) && claim.ValueKind == JsonValueKind.String
                ? claim.GetString()!
                : "";
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(nonce)))
        {
            throw Bad("the nonce is another");
        }
    }

    private static ProviderException Bad(string message, Exception? inner = null) =>
        new(ProviderFault.BadIdentity, "identity/oidc: " + message, inner);
}
