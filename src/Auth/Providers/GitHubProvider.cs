using System.Collections.Immutable;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Providers;

/// <summary>
/// GitHub (identity 4.3): OAuth 2.0 without ID tokens, nonce or refresh; claims are made from its user and e-mail
/// endpoints. The subject is the node id, which outlives a change of the login name.
/// </summary>
internal sealed class GitHubProvider : IIdentityProvider
{
    public const string PublicUrl = "https://github.com";
    private const string PublicApi = "https://api.github.com";
    private static readonly TimeSpan ClaimsLife = TimeSpan.FromMinutes(60);
    private readonly ProviderHttp _http;
    private readonly TokenEndpoint _tokens;
    private readonly TimeProvider _clock;
    private readonly string _url;
    private readonly string _api;
    private readonly string _secret;
    private readonly ImmutableArray<string> _scopes;
    private readonly ImmutableDictionary<string, string> _parameters;

    public GitHubProvider(
        string id,
        ProviderTraits traits,
        ProviderOptions options,
        ProviderHttp http,
        TimeProvider clock
    )
    {
        Id = id;
        Traits = traits;
        ClientId = options.ClientId;
        _secret = options.ClientSecret;
        _http = http;
        _clock = clock;
        _url = (options.Url.Length > 0 ? options.Url : PublicUrl).TrimEnd('/');
        // Enterprise servers serve the API under a path of the same host.
        _api = string.Equals(_url, PublicUrl, StringComparison.Ordinal) ? PublicApi : _url + "/api/v3";
        _tokens = new TokenEndpoint(http, options.ClientId, options.ClientSecret, clock);
        _scopes = options.Scopes ?? traits.Scopes(_url);
        _parameters = options.RequestParams ?? traits.RequestParams;
    }

    public string Id { get; }
    public ProviderTraits Traits { get; }
    public string ClientId { get; }
    public bool UsesNonce => false;

    public ValueTask<bool> SupportsPkceAsync(CancellationToken cancellation) => new(false);

    public ValueTask<string> AuthorizationUrlAsync(AuthorizationRequest request, CancellationToken cancellation) =>
        new(AuthorizationUrl.Make(_url + "/login/oauth/authorize", ClientId, _scopes, _parameters, request));

    public async ValueTask<ProviderIdentity> RedeemAsync(CodeRedemption redemption, CancellationToken cancellation)
    {
        Dictionary<string, string> grant = new(StringComparer.Ordinal)
        {
            ["grant_type"] = "authorization_code",
            ["code"] = redemption.Code,
            ["redirect_uri"] = redemption.RedirectUri,
        };
        (OAuthTokenRecord token, _) = await _tokens.AskAsync(
            _url + "/login/oauth/access_token",
            ["client_secret_post"],
            grant,
            cancellation
        );
        return await IdentifyAsync(token with { ExpiresAt = DateTimeOffset.MaxValue }, cancellation);
    }

    /// <summary>Nothing to refresh: the token lives on, the user is read anew.</summary>
    public async ValueTask<ProviderIdentity> RefreshAsync(SessionRecord session, CancellationToken cancellation) =>
        session.OAuthToken is { } token
            ? await IdentifyAsync(token, cancellation)
            : throw new ProviderException(ProviderFault.InvalidGrant, "identity/github: there is no token");

    public async ValueTask<ClaimSet?> UserInfoAsync(SessionRecord session, CancellationToken cancellation) =>
        session.OAuthToken is { } token ? (await IdentifyAsync(token, cancellation)).Claims : null;

    public async ValueTask RevokeAsync(OAuthTokenRecord token, CancellationToken cancellation)
    {
        string place = $"{_api}/applications/{Uri.EscapeDataString(ClientId)}/grant";
        using HttpRequestMessage request = new(HttpMethod.Delete, place);
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{ClientId}:{_secret}"))
        );
        request.Content = JsonContent.Create(new GitHubGrant(token.AccessToken), ProviderJson.Default.GitHubGrant);
        ProviderAnswer answer = await _http.SendAsync(request, cancellation);
        if (!answer.IsSuccess)
        {
            throw new ProviderException(ProviderFault.Refused, $"{place} answered {answer.Status}");
        }
    }

    public ValueTask<string?> SignOutUrlAsync(ProviderSignOut signOut, CancellationToken cancellation) =>
        new((string?)null);

    private async ValueTask<ProviderIdentity> IdentifyAsync(OAuthTokenRecord token, CancellationToken cancellation)
    {
        JsonElement user = await GetAsync("/user", token, JsonValueKind.Object, cancellation);
        JsonElement emails = await GetAsync("/user/emails", token, JsonValueKind.Array, cancellation);
        ProviderClaims claims = new();
        string id = TokenEndpoint.Text(user, "node_id");
        if (id.Length == 0 && user.TryGetProperty("id", out JsonElement number) && number.TryGetInt64(out long value))
        {
            id = value.ToString(CultureInfo.InvariantCulture);
        }
        string login = TokenEndpoint.Text(user, "login");
        claims.Set("sub", id);
        claims.Set("user", login);
        claims.Set("preferred_username", login);
        foreach ((string claim, string member) in Members)
        {
            if (TokenEndpoint.Text(user, member) is { Length: > 0 } text)
            {
                claims.Set(claim, text);
            }
        }
        string email = PrimaryEmail(emails);
        claims.Set("email", email);
        claims.Set("email_verified", email.Length > 0);
        claims.Set("exp", (_clock.GetUtcNow() + ClaimsLife).ToUnixTimeSeconds());
        return new ProviderIdentity
        {
            UserId = claims.UserId,
            Token = token,
            Audience = [ClientId],
            Claims = claims.Finish(),
        };
    }

    private static readonly ImmutableArray<(string Claim, string Member)> Members =
    [
        ("name", "name"),
        ("picture", "avatar_url"),
        ("profile", "html_url"),
        ("website", "blog"),
    ];

    /// <summary>Only an address that GitHub verified: anybody can type one that is not his.</summary>
    private static string PrimaryEmail(JsonElement emails)
    {
        foreach (JsonElement entry in emails.EnumerateArray())
        {
            if (
                entry.ValueKind == JsonValueKind.Object
                && entry.TryGetProperty("primary", out JsonElement primary)
                && primary.ValueKind == JsonValueKind.True
                && entry.TryGetProperty("verified", out JsonElement verified)
                && verified.ValueKind == JsonValueKind.True
            )
            {
                return TokenEndpoint.Text(entry, "email");
            }
        }
        return "";
    }

    private async Task<JsonElement> GetAsync(
        string path,
        OAuthTokenRecord token,
        JsonValueKind kind,
        CancellationToken cancellation
    )
    {
        using HttpRequestMessage request = new(HttpMethod.Get, _api + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("token", token.AccessToken);
        ProviderAnswer answer = await _http.SendAsync(request, cancellation);
        if (!answer.IsSuccess)
        {
            throw new ProviderException(
                answer.Status is 401 or 403 ? ProviderFault.Refused : ProviderFault.Unavailable,
                $"{_api}{path} answered {answer.Status}"
            );
        }
        try
        {
            JsonElement body = JsonElement.Parse(answer.Body.Span);
            return body.ValueKind == kind ? body : throw new ProviderException($"{_api}{path}: not a JSON {kind}");
        }
        catch (JsonException e)
        {
            throw new ProviderException($"{_api}{path}: the answer is not JSON", e);
        }
    }
}
