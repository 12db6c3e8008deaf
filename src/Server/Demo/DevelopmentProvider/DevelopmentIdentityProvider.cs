using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;

namespace Pomerium.Fast.Server.Demo.DevelopmentProvider;

/// <summary>
/// A real OpenID Connect provider for the demo: the protocol is OpenIddict's, own are the person picker and the
/// in-memory grants. Anyone can sign in as anyone, so it listens on loopback only and says what it is in its
/// discovery document (identity spec 10.1).
/// </summary>
internal sealed class DevelopmentIdentityProvider : IAsyncDisposable
{
    public const string AuthorizePath = "authorize";
    public const string TokenPath = "token";
    public const string UserInfoPath = "userinfo";
    public const string EndSessionPath = "logout";
    private readonly LoopbackSite _site;
    private readonly ECDsa _key;

    private DevelopmentIdentityProvider(LoopbackSite site, ECDsa key)
    {
        _site = site;
        _key = key;
    }

    /// <summary>As the proxy dials it.</summary>
    public Uri Issuer => IssuerAt(_site.Port);

    /// <summary>As a browser sees it.</summary>
    public Uri BrowserOrigin => BrowserOriginAt(_site.Port);

    public static async Task<DevelopmentIdentityProvider> StartAsync(
        ProviderSettings settings,
        CancellationToken cancellation
    )
    {
        Grants grants = new();
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        LoopbackSite site = await LoopbackSite.StartAsync(
            (services, port) => AddServer(services, settings, grants, key, port),
            app =>
            {
                app.UseAuthentication();
                ProviderEndpoints endpoints = new(grants);
                app.Map("/" + AuthorizePath, endpoints.AuthorizeAsync);
                app.Map("/" + TokenPath, endpoints.TokenAsync);
                app.Map("/" + UserInfoPath, endpoints.UserInfoAsync);
                app.Map("/" + EndSessionPath, endpoints.EndSessionAsync);
                app.Map("/picture", ProviderEndpoints.PictureAsync);
            },
            cancellation
        );
        return new DevelopmentIdentityProvider(site, key);
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        _key.Dispose();
    }

    private static Uri IssuerAt(int port) => new($"http://127.0.0.1:{port}");

    private static Uri BrowserOriginAt(int port) => new($"http://{DemoHosts.ProviderName}:{port}");

    private static void AddServer(
        IServiceCollection services,
        ProviderSettings settings,
        Grants grants,
        ECDsa key,
        int port
    )
    {
        ProviderEvents events = new(settings, grants, BrowserOriginAt(port));
        services.AddOpenIddict().AddServer(server => Configure(server, key, IssuerAt(port), events));
    }

    private static void Configure(OpenIddictServerBuilder server, ECDsa key, Uri issuer, ProviderEvents events)
    {
        server
            .SetIssuer(issuer)
            .SetAuthorizationEndpointUris(AuthorizePath)
            .SetTokenEndpointUris(TokenPath)
            .SetUserInfoEndpointUris(UserInfoPath)
            .SetEndSessionEndpointUris(EndSessionPath)
            .SetJsonWebKeySetEndpointUris("jwks")
            .SetRevocationEndpointUris("revoke");
        server.AllowAuthorizationCodeFlow().AllowRefreshTokenFlow().RequireProofKeyForCodeExchange();
        server
            .SetAuthorizationCodeLifetime(TimeSpan.FromSeconds(60))
            // Short, so that a refresh happens while somebody is watching.
            .SetAccessTokenLifetime(TimeSpan.FromMinutes(5))
            .SetIdentityTokenLifetime(TimeSpan.FromMinutes(5));
        server.RegisterScopes([.. ProviderSettings.Scopes]);
        server.RegisterClaims("name", "email", "email_verified", ProviderClaims.Groups, "picture");
        server
            .AddSigningKey(new ECDsaSecurityKey(key) { KeyId = Guid.NewGuid().ToString("N") })
            .AddEncryptionKey(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)))
            .DisableAccessTokenEncryption();
        server.Configure(static options =>
        {
            options.CodeChallengeMethods.Clear();
            options.CodeChallengeMethods.Add("S256");
        });
        server.EnableDegradedMode();
        events.Register(server);
        server
            .UseAspNetCore()
            .DisableTransportSecurityRequirement()
            .EnableAuthorizationEndpointPassthrough()
            .EnableTokenEndpointPassthrough()
            .EnableUserInfoEndpointPassthrough()
            .EnableEndSessionEndpointPassthrough();
    }
}
