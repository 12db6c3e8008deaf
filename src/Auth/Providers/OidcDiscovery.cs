using System.Text.Json;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Pomerium.Fast.Auth.Providers;

/// <summary>
/// What a provider publishes of itself, fetched at first use and kept (identity 4.2). A failure is remembered for a
/// few seconds, so that a provider that is down is not asked by every request; an old document outlives a failure.
/// </summary>
internal sealed class OidcDiscovery(
    ProviderHttp http,
    string url,
    bool issuerDiffers,
    bool refusesDemo,
    TimeProvider clock
) : IDisposable
{
    private static readonly TimeSpan DocumentLife = TimeSpan.FromHours(12);
    private static readonly TimeSpan FailureLife = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KeysGap = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim _one = new(1);
    private volatile Known? _known;
    private (DateTimeOffset Until, string Message) _failure;

    /// <param name="Keys">As of <paramref name="KeysAt"/>.</param>
    private sealed record Known(
        OpenIdConnectConfiguration Document,
        DateTimeOffset DocumentAt,
        IReadOnlyList<SecurityKey> Keys,
        DateTimeOffset KeysAt
    );

    public async ValueTask<OpenIdConnectConfiguration> DocumentAsync(CancellationToken cancellation) =>
        (await KnownAsync(cancellation)).Document;

    public async ValueTask<IReadOnlyList<SecurityKey>> KeysAsync(CancellationToken cancellation) =>
        (await KnownAsync(cancellation)).Keys;

    /// <summary>After a token named a key that is not known; asks at most every ten seconds.</summary>
    public async ValueTask<IReadOnlyList<SecurityKey>> RefetchKeysAsync(CancellationToken cancellation)
    {
        Known known = await KnownAsync(cancellation);
        await _one.WaitAsync(cancellation);
        try
        {
            known = _known ?? known;
            if (clock.GetUtcNow() - known.KeysAt < KeysGap)
            {
                return known.Keys;
            }
            IReadOnlyList<SecurityKey> keys = await FetchKeysAsync(known.Document, cancellation);
            _known = known with { Keys = keys, KeysAt = clock.GetUtcNow() };
            return keys;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async ValueTask<Known> KnownAsync(CancellationToken cancellation)
    {
        if (_known is { } fresh && clock.GetUtcNow() - fresh.DocumentAt < DocumentLife)
        {
            return fresh;
        }
        await _one.WaitAsync(cancellation);
        try
        {
            DateTimeOffset now = clock.GetUtcNow();
            if (_known is { } known && now - known.DocumentAt < DocumentLife)
            {
                return known;
            }
            if (now < _failure.Until)
            {
                return _known ?? throw new ProviderException(ProviderFault.NotDiscovered, _failure.Message);
            }
            return await FetchAsync(now, cancellation);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<Known> FetchAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        try
        {
            OpenIdConnectConfiguration document = await FetchDocumentAsync(cancellation);
            _known = new Known(document, now, await FetchKeysAsync(document, cancellation), now);
            return _known;
        }
        catch (ProviderException e)
        {
            _failure = (now + FailureLife, e.Message);
            return _known ?? throw new ProviderException(ProviderFault.NotDiscovered, e.Message, e);
        }
    }

    private async Task<OpenIdConnectConfiguration> FetchDocumentAsync(CancellationToken cancellation)
    {
        string place = url.TrimEnd('/') + "/.well-known/openid-configuration";
        string json = await GetAsync(place, cancellation);
        OpenIdConnectConfiguration document = Parse(place, json, static json => new OpenIdConnectConfiguration(json));
        if (refusesDemo && Parse(place, json, IsDemo))
        {
            throw new ProviderException("refusing to use the demo identity provider on a public listener");
        }
        if (!issuerDiffers && !string.Equals(document.Issuer, url, StringComparison.Ordinal))
        {
            throw new ProviderException($"{place}: the issuer is {document.Issuer}, not the configured {url}");
        }
        bool plain = url.StartsWith("http://", StringComparison.Ordinal);
        Check(place, "authorization_endpoint", document.AuthorizationEndpoint, required: true, plain);
        Check(place, "token_endpoint", document.TokenEndpoint, required: true, plain);
        Check(place, "jwks_uri", document.JwksUri, required: true, plain);
        Check(place, "userinfo_endpoint", document.UserInfoEndpoint, required: false, plain);
        Check(place, "revocation_endpoint", document.RevocationEndpoint, required: false, plain);
        Check(place, "end_session_endpoint", document.EndSessionEndpoint, required: false, plain);
        return document;
    }

    /// <summary>A provider that lets anybody in says so (identity 10.1).</summary>
    private static bool IsDemo(string json) =>
        JsonElement.Parse(json).TryGetProperty("pomerium_demo", out JsonElement demo)
        && demo.ValueKind == JsonValueKind.True;

    private async Task<IReadOnlyList<SecurityKey>> FetchKeysAsync(
        OpenIdConnectConfiguration document,
        CancellationToken cancellation
    ) =>
        Parse<IReadOnlyList<SecurityKey>>(
            document.JwksUri,
            await GetAsync(document.JwksUri, cancellation),
            static json => [.. new JsonWebKeySet(json).GetSigningKeys()]
        );

    private async Task<string> GetAsync(string place, CancellationToken cancellation)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, place);
        ProviderAnswer answer = await http.SendAsync(request, cancellation);
        return answer.Status == 200
            ? System.Text.Encoding.UTF8.GetString(answer.Body.Span)
            : throw new ProviderException($"{place} answered {answer.Status}");
    }

    private static T Parse<T>(string place, string json, Func<string, T> parse)
    {
        try
        {
            return parse(json);
        }
        catch (Exception e) when (e is not ProviderException)
        {
            throw new ProviderException(ProviderFault.Unavailable, $"{place} is not what it should be", e);
        }
    }

    /// <summary>Secrets go to these endpoints: encrypted, unless the operator chose an issuer that is not.</summary>
    private static void Check(string place, string member, string? endpoint, bool required, bool plain)
    {
        if (string.IsNullOrEmpty(endpoint) ? !required : IsGood(endpoint, plain))
        {
            return;
        }
        throw new ProviderException($"{place}: {member} is missing or no https URL");
    }

    private static bool IsGood(string endpoint, bool plain) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? uri)
        && (uri.Scheme is "https" || (plain && uri.Scheme is "http"))
        && uri.UserInfo.Length == 0;
}
