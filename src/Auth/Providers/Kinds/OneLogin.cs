namespace Pomerium.Fast.Auth.Providers.Kinds;

/// <summary>OneLogin; its second version has groups and no <c>offline_access</c>.</summary>
internal static class OneLogin
{
    public static ProviderTraits Traits { get; } =
        new()
        {
            Name = "onelogin",
            DefaultUrl = "https://openid-connect.onelogin.com/oidc",
            Scopes = static url =>
                url.Contains("/oidc/2", StringComparison.Ordinal)
                    ? ["openid", "profile", "email", "groups"]
                    : ["openid", "profile", "email", "groups", "offline_access"],
        };
}
