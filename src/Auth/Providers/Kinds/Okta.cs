namespace Pomerium.Fast.Auth.Providers.Kinds;

/// <summary>Okta; groups come by a custom <c>groups</c> claim.</summary>
internal static class Okta
{
    public static ProviderTraits Traits { get; } =
        new() { Name = "okta", Scopes = static _ => ProviderTraits.StandardScopes };
}
