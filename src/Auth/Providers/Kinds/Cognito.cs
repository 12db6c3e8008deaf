namespace Pomerium.Fast.Auth.Providers.Kinds;

/// <summary>Amazon Cognito; revocation and sign-out are not in its discovery document.</summary>
internal static class Cognito
{
    public static ProviderTraits Traits { get; } =
        new()
        {
            Name = "cognito",
            Scopes = static _ => ["openid", "email", "profile"],
            SignOut = SignOutForm.Cognito,
            RevocationPath = "/oauth2/revoke",
        };
}
