namespace Pomerium.Fast.Auth.Providers.Kinds;

/// <summary>GitLab; whether a refresh token comes is its choice (identity 4.3).</summary>
internal static class GitLab
{
    public static ProviderTraits Traits { get; } =
        new()
        {
            Name = "gitlab",
            DefaultUrl = "https://gitlab.com",
            Scopes = static _ => ["openid", "profile", "email"],
        };
}
