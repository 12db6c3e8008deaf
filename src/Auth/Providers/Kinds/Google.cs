using System.Collections.Immutable;

namespace Pomerium.Fast.Auth.Providers.Kinds;

/// <summary>Google gives a refresh token only for offline access with consent (identity 4.3).</summary>
internal static class Google
{
    public static ProviderTraits Traits { get; } =
        new()
        {
            Name = "google",
            DefaultUrl = "https://accounts.google.com",
            Scopes = static _ => ["openid", "profile", "email"],
            RequestParams = ImmutableDictionary<string, string>
                .Empty.Add("prompt", "select_account consent")
                .Add("access_type", "offline"),
            SignOut = SignOutForm.None,
        };
}
