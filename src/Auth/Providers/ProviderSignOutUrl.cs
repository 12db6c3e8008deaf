using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Pomerium.Fast.Auth.SignIn;

namespace Pomerium.Fast.Auth.Providers;

/// <summary>Where a sign-out goes on at the provider (identity 3.5, 4.10).</summary>
internal static class ProviderSignOutUrl
{
    public static string? Make(
        SignOutForm form,
        OpenIdConnectConfiguration document,
        string clientId,
        ProviderSignOut signOut
    ) =>
        form switch
        {
            SignOutForm.EndSession when !string.IsNullOrEmpty(document.EndSessionEndpoint) => With(
                document.EndSessionEndpoint,
                new QueryParameters()
                    .SetIfAny("id_token_hint", signOut.IdTokenHint)
                    .Set("client_id", clientId)
                    .Set("post_logout_redirect_uri", Target(signOut))
            ),
            SignOutForm.Auth0 => With(
                OnAuthorizeHost(document, "/v2/logout"),
                new QueryParameters().Set("client_id", clientId).Set("returnTo", Target(signOut))
            ),
            // Cognito returns to registered addresses only: the target waits in a cookie.
            SignOutForm.Cognito => With(
                OnAuthorizeHost(document, "/logout"),
                new QueryParameters().Set("client_id", clientId).Set("logout_uri", signOut.SignedOutUrl)
            ),
            _ => null,
        };

    private static string Target(ProviderSignOut signOut) =>
        signOut.Target.Length > 0 ? signOut.Target : signOut.SignedOutUrl;

    private static string OnAuthorizeHost(OpenIdConnectConfiguration document, string path) =>
        Origin.Of(new Uri(document.AuthorizationEndpoint)) + path;

    private static string With(string url, QueryParameters parameters) =>
        url + (url.Contains('?', StringComparison.Ordinal) ? "&" : "?") + parameters.Encode();
}
