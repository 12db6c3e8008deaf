using static Pomerium.Fast.Config.Keys.KeyType;
using static Pomerium.Fast.Config.Keys.Row;

namespace Pomerium.Fast.Config.Keys;

/// <summary>Sign-in, cookies, sessions, assertion (config spec 2.7).</summary>
internal static class IdentityKeys
{
    public static IEnumerable<KeyInfo> Rows =>
        [
            Now("authenticate_service_url", Url, "", "-", "URL at which users sign in."),
            Now("authenticate_internal_service_url", Url, "", "0.16", "The same as seen by other services."),
            Now("signout_redirect_url", Url, "", "-", "Where a signed-out user ends."),
            Now(
                "authenticate_callback_path",
                Text,
                "/oauth2/callback",
                "-",
                "Path that the identity provider returns to."
            ),
            Now("cookie_name", Text, "_pomerium", "-", "Name of the session cookie."),
            Now("cookie_secret", Base64, "generated", "-", "Base64 of 32 bytes.") with
            {
                Secret = true,
            },
            Now("cookie_secret_file", KeyType.File, "", "0.18", "The same as a file."),
            Now("cookie_domain", Text, "", "-", "Domain of the session cookie; empty is the host alone."),
            Now("cookie_http_only", KeyType.Boolean, "true", "-", "Keep the session cookie from scripts."),
            Now("cookie_expire", Duration, "14h", "-", "Longest life of a session."),
            Now("cookie_same_site", Choice, "", "0.23", "SameSite of the session cookie.") with
            {
                Choices = ["strict", "lax", "none"],
            },
            Now(
                "idp_provider",
                Text,
                "",
                "-",
                "oidc, google, azure, okta, github, gitlab, onelogin, auth0, ping, cognito."
            ),
            Now("idp_provider_url", Text, "", "-", "Issuer URL of the provider."),
            Now("idp_client_id", Text, "", "-", "Client id at the provider."),
            Now("idp_client_secret", Text, "", "-", "Client secret at the provider.") with
            {
                Secret = true,
            },
            Now("idp_client_secret_file", KeyType.File, "", "0.18", "The same as a file."),
            Now("idp_scopes", TextList, "the provider's", "-", "Scopes asked for; replaces the provider's list."),
            Now(
                "idp_request_params",
                TextMap,
                "the provider's",
                "-",
                "Parameters of the authorization request; replaces the provider's."
            ),
            Soon(
                "idp_access_token_allowed_audiences",
                TextList,
                "",
                "0.29",
                "Audiences of access tokens used as bearer tokens."
            ),
            Soon("bearer_token_format", Choice, "default", "0.29", "What a bearer token is taken for.") with
            {
                Choices = ["default", "idp_access_token", "idp_identity_token", "jwt"],
            },
            Soon("identity_providers", KeyType.Any, "", "0.34", "Issuers of bearer tokens by name.") with
            {
                Environment = "",
            },
            Now(
                "programmatic_redirect_domain_whitelist",
                TextList,
                "localhost",
                "0.14",
                "Hosts that programmatic sign-in may return to."
            ),
            Now(
                "jwt_claims_headers",
                KeyType.ClaimHeaders,
                "",
                "-",
                "Claims sent upstream as headers: list of claims or map of header to claim."
            ),
            Now("jwt_issuer_format", Choice, "HostOnly", "0.28", "Form of the assertion's issuer.") with
            {
                Choices = ["HostOnly", "URI"],
            },
            Now("jwt_groups_filter", TextList, "", "0.28", "Groups kept in the assertion; empty keeps all.") with
            {
                Environment = "",
            },
            Now(
                "signing_key",
                Text,
                "derived",
                "-",
                "Private keys of the assertion, PEM or base64 of PEM; the first one signs."
            ) with
            {
                Secret = true,
            },
            Now("signing_key_file", KeyType.File, "", "0.18", "The same as a file."),
            Soon(
                "google_cloud_serverless_authentication_service_account",
                Base64,
                "",
                "-",
                "Service account, base64 of JSON."
            ) with
            {
                Secret = true,
            },
        ];
}
