namespace Pomerium.Fast.Auth.Providers.Kinds;

/// <summary>Any provider that speaks OpenID Connect and nothing unusual.</summary>
internal static class Oidc
{
    public static ProviderTraits Traits { get; } =
        new() { Name = "oidc", Scopes = static _ => ProviderTraits.StandardScopes };
}
