using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Pomerium.Fast.Auth.SignIn;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Providers;

/// <summary>A provider that speaks OpenID Connect (identity 4.2), with the peculiarities of its <see cref="ProviderTraits"/>.</summary>
internal sealed class OidcProvider : IIdentityProvider, IDisposable
{
    private readonly ProviderHttp _http;
    private readonly OidcDiscovery _discovery;
    private readonly IdTokenVerifier _idTokens;
    private readonly TokenEndpoint _tokens;
    private readonly ImmutableArray<string> _scopes;
    private readonly ImmutableDictionary<string, string> _parameters;

    public OidcProvider(
        string id,
        ProviderTraits traits,
        ProviderOptions options,
        ProviderHttp http,
        bool refusesDemo,
        TimeProvider clock
    )
    {
        Id = id;
        Traits = traits;
        ClientId = options.ClientId;
        string url = traits.NormalizeUrl(options.Url.Length > 0 ? options.Url : traits.DefaultUrl);
        bool issuerDiffers = traits.IssuerDiffers(url);
        _http = http;
        _discovery = new OidcDiscovery(http, url, issuerDiffers, refusesDemo, clock);
        _idTokens = new IdTokenVerifier(_discovery, options.ClientId, issuerDiffers, clock);
        _tokens = new TokenEndpoint(http, options.ClientId, options.ClientSecret, clock);
        _scopes = options.Scopes ?? traits.Scopes(url);
        _parameters = options.RequestParams ?? traits.RequestParams;
    }

    public string Id { get; }
    public ProviderTraits Traits { get; }
    public string ClientId { get; }
    public bool UsesNonce => true;

    public async ValueTask<bool> SupportsPkceAsync(CancellationToken cancellation) =>
        (await _discovery.DocumentAsync(cancellation)).CodeChallengeMethodsSupported.Contains("S256");

    public async ValueTask<string> AuthorizationUrlAsync(
        AuthorizationRequest request,
        CancellationToken cancellation
    ) =>
        AuthorizationUrl.Make(
            (await _discovery.DocumentAsync(cancellation)).AuthorizationEndpoint,
            ClientId,
            _scopes,
            _parameters,
            request
        );

    public async ValueTask<ProviderIdentity> RedeemAsync(CodeRedemption redemption, CancellationToken cancellation)
    {
        Dictionary<string, string> grant = new(StringComparer.Ordinal)
        {
            ["grant_type"] = "authorization_code",
            ["code"] = redemption.Code,
            ["redirect_uri"] = redemption.RedirectUri,
        };
        if (redemption.Verifier is { } verifier)
        {
            grant["code_verifier"] = verifier;
        }
        (OAuthTokenRecord token, JsonElement answer) = await AskAsync(grant, cancellation);
        string raw = TokenEndpoint.Text(answer, "id_token");
        if (raw.Length == 0)
        {
            throw new ProviderException(ProviderFault.BadIdentity, "identity/oidc: missing id_token");
        }
        JsonElement payload = await _idTokens.VerifyAsync(raw, redemption.Nonce, cancellation);
        return await IdentifyAsync(token, raw, payload, cancellation);
    }

    public async ValueTask<ProviderIdentity> RefreshAsync(SessionRecord session, CancellationToken cancellation)
    {
        OAuthTokenRecord old = session.OAuthToken is { RefreshToken.Length: > 0 } kept
            ? kept
            : throw new ProviderException(ProviderFault.InvalidGrant, "identity/oidc: there is no refresh token");
        Dictionary<string, string> grant = new(StringComparer.Ordinal)
        {
            ["grant_type"] = "refresh_token",
            ["refresh_token"] = old.RefreshToken,
        };
        (OAuthTokenRecord token, JsonElement answer) = await AskAsync(grant, cancellation);
        token = token.RefreshToken.Length > 0 ? token : token with { RefreshToken = old.RefreshToken };
        string raw = TokenEndpoint.Text(answer, "id_token");
        JsonElement? payload = raw.Length == 0 ? null : await _idTokens.VerifyAsync(raw, nonce: null, cancellation);
        if (
            payload is { } now
            && session.IdToken is { } before
            && !string.Equals(TokenEndpoint.Text(now, "sub"), before.Subject, StringComparison.Ordinal)
        )
        {
            throw new ProviderException(ProviderFault.BadIdentity, "identity/oidc: the refreshed sub is another");
        }
        return await IdentifyAsync(token, raw, payload, cancellation, session);
    }

    public async ValueTask<ClaimSet?> UserInfoAsync(SessionRecord session, CancellationToken cancellation)
    {
        if (session.OAuthToken is not { } token || await FetchUserInfoAsync(token, cancellation) is not { } info)
        {
            return null;
        }
        CheckSubject(info, session.IdToken?.Subject);
        ProviderClaims claims = new();
        claims.Overlay(info);
        return claims.Finish();
    }

    public async ValueTask RevokeAsync(OAuthTokenRecord token, CancellationToken cancellation)
    {
        OpenIdConnectConfiguration document = await _discovery.DocumentAsync(cancellation);
        string endpoint =
            !string.IsNullOrEmpty(document.RevocationEndpoint) ? document.RevocationEndpoint
            : Traits.RevocationPath is { } path ? Origin.Of(new Uri(document.AuthorizationEndpoint)) + path
            : throw new ProviderException(ProviderFault.Refused, "identity/oidc: revoke not implemented");
        if (token.RefreshToken.Length > 0)
        {
            await _tokens.RevokeAsync(endpoint, token.RefreshToken, "refresh_token", cancellation);
        }
        await _tokens.RevokeAsync(endpoint, token.AccessToken, "access_token", cancellation);
    }

    public async ValueTask<string?> SignOutUrlAsync(ProviderSignOut signOut, CancellationToken cancellation) =>
        Traits.SignOut == SignOutForm.None
            ? null
            : ProviderSignOutUrl.Make(Traits.SignOut, await _discovery.DocumentAsync(cancellation), ClientId, signOut);

    public void Dispose() => _discovery.Dispose();

    private async ValueTask<(OAuthTokenRecord, JsonElement)> AskAsync(
        Dictionary<string, string> grant,
        CancellationToken cancellation
    )
    {
        OpenIdConnectConfiguration document = await _discovery.DocumentAsync(cancellation);
        return await _tokens.AskAsync(
            document.TokenEndpoint,
            document.TokenEndpointAuthMethodsSupported,
            grant,
            cancellation
        );
    }

    /// <summary>ID token claims overlaid by userinfo; both must speak of one subject (OIDC Core 5.3.2).</summary>
    private async ValueTask<ProviderIdentity> IdentifyAsync(
        OAuthTokenRecord token,
        string rawIdToken,
        JsonElement? idToken,
        CancellationToken cancellation,
        SessionRecord? session = null
    )
    {
        ProviderClaims claims = new();
        string? subject = session?.IdToken?.Subject;
        if (idToken is { } payload)
        {
            claims.Overlay(payload);
            subject = TokenEndpoint.Text(payload, "sub");
        }
        if (await FetchUserInfoAsync(token, cancellation) is { } info)
        {
            CheckSubject(info, subject);
            claims.Overlay(info);
        }
        string userId = claims.UserId.Length > 0 ? claims.UserId : session?.UserId ?? "";
        return new ProviderIdentity
        {
            UserId = userId,
            Token = token,
            IdToken = idToken is { } parsed ? Record(rawIdToken, parsed) : null,
            Audience = idToken is { } given ? Audience(given) : session?.Audience ?? [],
            Claims = claims.Finish(),
        };
    }

    private async ValueTask<JsonElement?> FetchUserInfoAsync(OAuthTokenRecord token, CancellationToken cancellation)
    {
        OpenIdConnectConfiguration document = await _discovery.DocumentAsync(cancellation);
        if (string.IsNullOrEmpty(document.UserInfoEndpoint))
        {
            return null;
        }
        using HttpRequestMessage request = new(HttpMethod.Get, document.UserInfoEndpoint);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.AccessToken);
        ProviderAnswer answer = await _http.SendAsync(request, cancellation);
        if (!answer.IsSuccess)
        {
            throw new ProviderException(
                answer.Status is 401 or 403 ? ProviderFault.Refused : ProviderFault.Unavailable,
                $"{document.UserInfoEndpoint} answered {answer.Status}"
            )
            {
                RetryAfter = answer.RetryAfter,
            };
        }
        return answer.MediaType.Equals("application/jwt", StringComparison.OrdinalIgnoreCase)
            ? await _idTokens.VerifyUserInfoAsync(
                System.Text.Encoding.ASCII.GetString(answer.Body.Span).Trim(),
                cancellation
            )
            : answer.Object(document.UserInfoEndpoint);
    }

    private static void CheckSubject(JsonElement userInfo, string? subject)
    {
        if (
            subject is not null
            && !string.Equals(TokenEndpoint.Text(userInfo, "sub"), subject, StringComparison.Ordinal)
        )
        {
            throw new ProviderException(ProviderFault.BadIdentity, "identity/oidc: userinfo speaks of another sub");
        }
    }

    private static IdTokenRecord Record(string raw, JsonElement payload) =>
        new(
            raw,
            TokenEndpoint.Text(payload, "iss"),
            TokenEndpoint.Text(payload, "sub"),
            Time(payload, "iat"),
            Time(payload, "exp")
        );

    private static DateTimeOffset Time(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.Number
        && value.GetDouble() is > 0 and < 253402300799
            ? DateTimeOffset.FromUnixTimeSeconds((long)value.GetDouble())
            : DateTimeOffset.UnixEpoch;

    private static ImmutableArray<string> Audience(JsonElement payload) =>
        !payload.TryGetProperty("aud", out JsonElement aud) ? []
        : aud.ValueKind == JsonValueKind.String ? [aud.GetString()!]
        : aud.ValueKind == JsonValueKind.Array
            ?
            [
                .. aud.EnumerateArray()
                    .Where(static a => a.ValueKind == JsonValueKind.String)
                    .Select(static a => a.GetString()!),
            ]
        : [];
}
