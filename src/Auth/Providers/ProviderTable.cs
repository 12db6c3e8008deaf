using System.Collections.Immutable;
using Pomerium.Fast.Auth.Providers.Kinds;

namespace Pomerium.Fast.Auth.Providers;

/// <summary>Every provider that <c>idp_provider</c> may name: one line and one file each.</summary>
public static class ProviderTable
{
    public static ImmutableArray<ProviderTraits> All { get; } =
    [
        Oidc.Traits,
        Google.Traits,
        Azure.Traits,
        Okta.Traits,
        GitHub.Traits,
        GitLab.Traits,
        OneLogin.Traits,
        Auth0.Traits,
        Ping.Traits,
        Cognito.Traits,
    ];

    public static ProviderTraits? Find(string name) =>
        All.FirstOrDefault(t => string.Equals(t.Name, name, StringComparison.Ordinal));
}
