using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace Pomerium.Fast.Parts;

/// <summary>
/// A whole installation on loopback: real provider, app, and the published server with a configuration as an
/// operator writes it. Alice is an administrator, Bob belongs to no group.
/// </summary>
public sealed class Deployment : IAsyncLifetime
{
    public const string Domain = "pomerium.test";
    private readonly string _shared = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private readonly string _cookie = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public string Folder { get; } = Places.TemporaryFolder();
    public int Port { get; } = Places.FreePort();
    public OidcProvider Provider { get; private set; } = null!;
    public UpstreamApp App { get; private set; } = null!;
    public ServerProcess Server { get; private set; } = null!;

    /// <summary>Of the provider's tokens, in seconds.</summary>
    public int TokenSeconds { get; init; } = 300;

    /// <summary>Lines added to the global part of the configuration.</summary>
    public string Extra { get; init; } = "";

    /// <summary>Nobody listens where the provider should be.</summary>
    public bool WithoutProvider { get; init; }

    public string ConfigPath => Path.Combine(Folder, "config.yaml");

    /// <summary>Where the proxy looks for the provider.</summary>
    public Uri Issuer { get; private set; } = null!;

    public Uri Url(string host, string path = "/") => new($"https://{host}.{Domain}:{Port}{path}");

    public string Authority(string host) => $"{host}.{Domain}:{Port}";

    public async Task InitializeAsync()
    {
        App = await UpstreamApp.StartAsync();
        Issuer = new Uri($"http://127.0.0.1:{Places.FreePort()}");
        if (!WithoutProvider)
        {
            Provider = await StartProviderAsync(0);
            Issuer = Provider.Issuer;
        }
        using TestCertificates authority = new();
        using X509Certificate2 certificate = authority.Issue("*." + Domain);
        TestCertificates.Write(certificate, Folder, "server");
        await File.WriteAllTextAsync(ConfigPath, Config(Issuer));
        Server = await ServerProcess.Start("--config", ConfigPath).ReadyAsync(Port);
    }

    public async Task DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }
        Provider?.Dispose();
        if (App is not null)
        {
            await App.DisposeAsync();
        }
        Directory.Delete(Folder, recursive: true);
    }

    public Task<OidcProvider> StartProviderAsync(int port) =>
        OidcProvider.StartAsync(
            Places.ProviderFolder,
            new JsonObject
            {
                ["port"] = port,
                ["redirectUris"] = new JsonArray(Url("authenticate", "/oauth2/callback").ToString()),
                ["postLogoutRedirectUris"] = new JsonArray(Url("authenticate", "/.pomerium/signed_out").ToString()),
                ["ttl"] = TokenSeconds,
                ["users"] = new JsonObject
                {
                    ["alice"] = new JsonObject
                    {
                        ["email"] = "alice@example.com",
                        ["name"] = "Alice",
                        ["groups"] = new JsonArray("admins", "eng"),
                    },
                    ["bob"] = new JsonObject { ["email"] = "bob@example.com", ["name"] = "Bob" },
                },
            }
        );

    public string Config(Uri issuer, string routes = "") =>
        $"""
            address: 127.0.0.1:{Port}
            grpc_address: 127.0.0.1:0
            certificate_file: {Path.Combine(Folder, "server.pem")}
            certificate_key_file: {Path.Combine(Folder, "server-key.pem")}
            shared_secret: {_shared}
            cookie_secret: {_cookie}
            authenticate_service_url: https://{Authority("authenticate")}
            idp_provider: oidc
            idp_provider_url: {issuer.GetLeftPart(UriPartial.Authority)}
            idp_client_id: {OidcProvider.ClientId}
            idp_client_secret: {OidcProvider.ClientSecret}
            idp_scopes: [openid, profile, email, groups, offline_access]
            pass_identity_headers: true
            jwt_claims_headers: [email, groups, name]
            {Extra}
            routes:
              - name: app
                from: https://{Authority("app")}
                to: {App.Address}
                allow_any_authenticated_user: true
                allow_websockets: true
              - name: second
                from: https://{Authority("second")}
                to: {App.Address}
                allow_any_authenticated_user: true
              - name: admins
                from: https://{Authority("admins")}
                to: {App.Address}
                show_error_details: true
                policy:
                  - allow:
                      and:
                        - claim/groups: admins
              - name: public
                from: https://{Authority("public")}
                to: {App.Address}
                allow_public_unauthenticated_access: true
            {routes}
            """;

    /// <summary>A new browser that has signed in on the app's route.</summary>
    public async Task<SignInClient> SignedInAsync(string user)
    {
        await Provider.ChooseUserAsync(user);
        SignInClient client = new();
        using HttpResponseMessage answer = await client.BrowseAsync(Url("app"));
        await ToldRequest.ReadAsync(answer);
        return client;
    }
}

/// <summary>One installation for all tests that do it no harm.</summary>
[CollectionDefinition(Name)]
public sealed class SharedDeployment : ICollectionFixture<Deployment>
{
    public const string Name = "one deployment";
}
