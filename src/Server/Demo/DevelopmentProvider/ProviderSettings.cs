using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Pomerium.Fast.Server.Demo.DevelopmentProvider;

/// <summary>The one client that the provider knows: the proxy.</summary>
internal sealed record ProviderSettings(
    string ClientId,
    string ClientSecret,
    string RedirectUri,
    string PostLogoutRedirectUri
)
{
    public static ImmutableArray<string> Scopes { get; } = ["openid", "profile", "email", "groups", "offline_access"];

    public static ProviderSettings For(DemoHosts hosts) =>
        new(
            "pomerium-demo",
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
            hosts.Authenticate + "/oauth2/callback",
            hosts.Authenticate + "/.pomerium/signed_out"
        );

    public bool IsClient(string? id) => string.Equals(id, ClientId, StringComparison.Ordinal);

    public bool IsSecret(string? secret) =>
        CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(secret ?? ""),
            Encoding.UTF8.GetBytes(ClientSecret)
        );
}
