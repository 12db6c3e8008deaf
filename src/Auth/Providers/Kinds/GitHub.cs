using System.Collections.Immutable;

namespace Pomerium.Fast.Auth.Providers.Kinds;

/// <summary>GitHub speaks OAuth 2.0 without ID tokens; see <see cref="GitHubProvider"/>.</summary>
internal static class GitHub
{
    public static ProviderTraits Traits { get; } =
        new()
        {
            Name = "github",
            DefaultUrl = GitHubProvider.PublicUrl,
            Scopes = static _ => ["user:email", "read:org"],
            RequestParams = ImmutableDictionary<string, string>.Empty.Add("access_type", "offline"),
            SignOut = SignOutForm.None,
            Protocol = ProviderProtocol.GitHub,
        };
}
