namespace Pomerium.Fast.Auth.Providers.Kinds;

/// <summary>Auth0; its issuer ends with a slash.</summary>
internal static class Auth0
{
    public static ProviderTraits Traits { get; } =
        new()
        {
            Name = "auth0",
            Scopes = static _ => ProviderTraits.StandardScopes,
            NormalizeUrl = static url => url.EndsWith('/') ? url : url + '/',
            SignOut = SignOutForm.Auth0,
        };
}
