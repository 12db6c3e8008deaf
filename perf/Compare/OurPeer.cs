using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Pomerium.Fast.Parts;

namespace Pomerium.Fast.Compare;

/// <summary>
/// This proxy: one loop, no access log. In the authenticated scenario a user signs in at a real provider first, and
/// each measured request is checked by a policy of five criteria and gets claim headers and a signed assertion.
/// </summary>
internal static class OurPeer
{
    public static async Task<Peer> StartAsync(
        string name,
        string binary,
        Workplace place,
        int upstream,
        bool tls,
        OidcProvider? provider,
        int port
    )
    {
        string config = place.Write(
            $"{name}-{port}.yaml",
            $"""
            address: 127.0.0.1:{port}
            {(
                tls
                    ? $"certificate_file: {place.Certificate}\ncertificate_key_file: {place.Key}"
                    : "insecure_server: true"
            )}
            proxy_log_level: error
            log_level: error
            shared_secret: {Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}
            {(provider is null ? "" : Identity(provider, port))}
            routes:
              - from: https://{Workplace.Host}
                to: http://127.0.0.1:{upstream}
            {(provider is null ? "    allow_public_unauthenticated_access: true" : Policy)}

            """
        );
        Peer peer = new(
            name,
            Peer.Start(Path.GetFullPath(binary), ["--config", config], ("POMERIUM_FAST_LOOPS", "1")),
            port
        );
        await Peer.WaitForAsync(peer.Process, port);
        return provider is null ? peer : peer with { AuthHeader = await SignInAsync(port) };
    }

    private const string Policy = """
            pass_identity_headers: true
            policy:
              - allow:
                  and:
                    - authenticated_user: true
                    - domain: { is: example.com }
                    - claim/groups: admins
                    - http_path: { starts_with: / }
                    - source_ip: 127.0.0.0/8
        """;

    private static string Identity(OidcProvider provider, int port) =>
        $"""
            authenticate_service_url: https://{Workplace.AuthenticateHost}:{port}
            idp_provider: oidc
            idp_provider_url: {provider.Issuer.ToString().TrimEnd('/')}
            idp_client_id: {OidcProvider.ClientId}
            idp_client_secret: {OidcProvider.ClientSecret}
            idp_scopes: [openid, profile, email, groups, offline_access]
            jwt_claims_headers: [email, groups, name]
            """;

    public static Task<OidcProvider> ProviderAsync(int[] ports)
    {
        JsonArray redirects =
        [
            .. ports.Select(static p => JsonValue.Create($"https://{Workplace.AuthenticateHost}:{p}/oauth2/callback")),
        ];
        return OidcProvider.StartAsync(
            Path.GetFullPath("tests/System.Tests/Provider"),
            new JsonObject { ["redirectUris"] = redirects, ["ttl"] = 3600 }
        );
    }

    private static async Task<string> SignInAsync(int port)
    {
        using SignInClient client = new();
        Uri app = new($"https://{Workplace.Host}:{port}/");
        using HttpResponseMessage answer = await client.BrowseAsync(app);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(
                $"sign-in ended with {(int)answer.StatusCode} after {string.Join(" -> ", client.Trail)}\n{await answer.Content.ReadAsStringAsync()}"
            );
        }
        return $"Cookie: _pomerium={client.Cookie(app, "_pomerium")}";
    }
}
