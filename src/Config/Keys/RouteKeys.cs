using static Pomerium.Fast.Config.Keys.KeyType;
using static Pomerium.Fast.Config.Keys.Row;

namespace Pomerium.Fast.Config.Keys;

/// <summary>The options of one route (config spec 3) and of the objects inside it (4).</summary>
public static class RouteKeys
{
    public static KeyTable Redirect { get; } =
        new(
            Now("https_redirect", KeyType.Boolean, "", "0.15", "Scheme https."),
            Now("scheme_redirect", Text, "", "0.15", "Scheme."),
            Now("host_redirect", Text, "", "0.15", "Host."),
            Now("port_redirect", Integer, "", "0.15", "Port."),
            Now("path_redirect", Text, "", "0.15", "Whole path."),
            Now("prefix_rewrite", Text, "", "0.15", "Replacement of the matched prefix."),
            Now("response_code", Integer, "301", "0.15", "301, 302, 303, 307 or 308."),
            Now("strip_query", KeyType.Boolean, "false", "0.15", "Drop the query.")
        );

    public static KeyTable Response { get; } =
        new(Now("status", Integer, "", "0.26", "Status 200 to 599."), Now("body", Text, "", "0.26", "Body."));

    public static KeyTable HeaderRewrite { get; } =
        new(
            Now("header", Text, "", "0.14", "Header name."),
            Now("prefix", Text, "", "0.14", "Start of the value that is replaced."),
            Now("value", Text, "", "0.14", "What replaces it.")
        );

    public static KeyTable SubPolicy { get; } =
        new(
            Now("id", Text, "", "-", "Id."),
            Now("name", Text, "", "-", "Name."),
            Now("allowed_users", TextList, "", "-", "User ids or e-mail addresses."),
            Now("allowed_domains", TextList, "", "-", "E-mail domains."),
            Now("allowed_idp_claims", KeyType.Any, "", "-", "Claim to wanted values."),
            Now("rego", KeyType.Any, "", "-", "Refused unless empty: there is no Rego here."),
            Inert("source_ppl", Text, "", "-"),
            Soon("explanation", Text, "", "-", "Shown on the refusal page."),
            Soon("remediation", Text, "", "-", "Shown on the refusal page.")
        );

    public static KeyTable Table { get; } = Build();

    private static KeyTable Build()
    {
        KeyTable own = new([.. Matching, .. Rewriting, .. Access, .. Connection]);
        return new KeyTable([.. own.Keys, Alias("lb_policy", "load_balancing_policy", own, "0.13")]);
    }

    private static IEnumerable<KeyInfo> Matching =>
        [
            Now("from", Text, "", "-", "URL that the route answers for."),
            Now("to", Targets, "", "-", "Upstream URLs, each with an optional weight: URL,WEIGHT."),
            Now("redirect", KeyType.Object, "", "0.15", "Answer with a redirect, see below.") with
            {
                Nested = Redirect,
            },
            Now("response", KeyType.Object, "", "0.26", "Answer with a fixed response, see below.") with
            {
                Nested = Response,
            },
            Now("prefix", Text, "/", "0.8", "Path prefix."),
            Now("path", Text, "", "0.8", "Whole path."),
            Now("regex", Text, "", "0.8", "RE2 expression for the whole path."),
            Inert("regex_priority_order", Integer, "", "0.24"),
            Now("id", Text, "computed", "-", "Identity of the route; computed from its contents."),
            Now("name", Text, "", "0.32", "Label in logs and metrics."),
            Now("description", Text, "", "0.29", "Text for the routes portal."),
            Soon("logo_url", Url, "", "0.29", "Logo for the routes portal."),
            Soon("depends_on", TextList, "", "0.30", "Hosts that are signed in along with this one, at most 5."),
        ];

    private static IEnumerable<KeyInfo> Rewriting =>
        [
            Now("prefix_rewrite", Text, "", "-", "Replacement of the matched prefix."),
            Now("regex_rewrite_pattern", Text, "", "-", "RE2 expression replaced in the path."),
            Now("regex_rewrite_substitution", Text, "", "-", "What replaces it; \\1 is a group."),
            Now("host_rewrite", Text, "", "-", "Host sent upstream."),
            Now("host_rewrite_header", Text, "", "-", "Request header that holds the host sent upstream."),
            Now("host_path_regex_rewrite_pattern", Text, "", "-", "RE2 expression on the path that yields the host."),
            Now("host_path_regex_rewrite_substitution", Text, "", "-", "What replaces it."),
            Now("preserve_host_header", KeyType.Boolean, "false", "-", "Send the client's host upstream."),
            Now("set_request_headers", TextMap, "", "-", "Headers sent upstream."),
            Now("remove_request_headers", TextList, "", "-", "Headers not sent upstream."),
            Now("set_response_headers", TextMap, "", "-", "Headers of the answer, over the global ones."),
            Now(
                "rewrite_response_headers",
                ObjectList,
                "",
                "0.14",
                "Rewrites of answer headers: list of {header, prefix, value}."
            ) with
            {
                Nested = HeaderRewrite,
            },
            Now("pass_identity_headers", KeyType.Boolean, "global", "0.9", "Send the identity headers upstream."),
            Now("jwt_issuer_format", Choice, "global", "0.28", "Form of the assertion's issuer.") with
            {
                Choices = ["HostOnly", "URI"],
            },
            Now("jwt_groups_filter", TextList, "", "0.28", "Groups kept in the assertion, beside the global list."),
            Soon("kubernetes_service_account_token", Text, "", "-", "Token for a Kubernetes API server.") with
            {
                Secret = true,
            },
            Soon("kubernetes_service_account_token_file", KeyType.File, "", "-", "The same as a file."),
            Soon(
                "enable_google_cloud_serverless_authentication",
                KeyType.Boolean,
                "false",
                "-",
                "Send a Google identity token."
            ),
        ];

    private static IEnumerable<KeyInfo> Access =>
        [
            Now("allow_public_unauthenticated_access", KeyType.Boolean, "false", "-", "Anyone, without sign-in."),
            Now("allow_any_authenticated_user", KeyType.Boolean, "false", "-", "Anyone who is signed in."),
            Now("allowed_users", TextList, "", "-", "User ids or e-mail addresses."),
            Now("allowed_domains", TextList, "", "-", "E-mail domains."),
            Now("allowed_idp_claims", KeyType.Any, "", "-", "Claim to wanted values."),
            Now("policy", KeyType.Any, "", "0.15", "Policy in the policy language."),
            Now("rego", KeyType.Any, "", "-", "Refused unless empty: there is no Rego here."),
            Now("sub_policies", ObjectList, "", "-", "Policies as a console writes them.") with
            {
                Nested = SubPolicy,
            },
            Now("cors_allow_preflight", KeyType.Boolean, "false", "-", "Let CORS preflights pass without sign-in."),
            Now("show_error_details", KeyType.Boolean, "false", "0.19", "Show why on the refusal page."),
            Now("idp_client_id", Text, "global", "0.17", "Client id at the provider."),
            Now("idp_client_secret", Text, "global", "0.17", "Client secret at the provider.") with
            {
                Secret = true,
            },
            Soon("idp_access_token_allowed_audiences", TextList, "global", "0.29", "Audiences of access tokens."),
            Soon("bearer_token_format", Choice, "global", "0.29", "What a bearer token is taken for.") with
            {
                Choices = ["default", "idp_access_token", "idp_identity_token", "jwt"],
            },
            Soon("identity_providers", TextList, "global", "0.34", "Issuers whose bearer tokens are accepted."),
        ];

    private static IEnumerable<KeyInfo> Connection =>
        [
            Now("timeout", Duration, "default_upstream_timeout", "-", "Until the answer is complete; 0 is off."),
            Now("idle_timeout", Duration, "5m", "-", "Silence in both directions; 0 is off."),
            Now("allow_websockets", KeyType.Boolean, "false", "-", "Allow WebSocket upgrades."),
            Now("allow_spdy", KeyType.Boolean, "false", "-", "Allow SPDY upgrades."),
            Now("allow_upgrades", TextList, "global", "0.33", "Upgrade tokens."),
            Soon("max_body_size", Integer, "", "-", "Bytes of a request body."),
            Now("tls_skip_verify", KeyType.Boolean, "false", "-", "Accept any certificate of the upstream."),
            Now("tls_server_name", Text, "host of to", "-", "Name sent to and expected of the upstream."),
            Now("tls_upstream_server_name", Text, "tls_server_name", "0.18", "The same; wins."),
            Soon("tls_downstream_server_name", Text, "", "0.18", "Further name that the listener accepts."),
            Now("tls_custom_ca", Base64, "", "-", "Roots of this upstream, instead of all others."),
            Now("tls_custom_ca_file", KeyType.File, "", "-", "The same as a file."),
            Now("tls_client_cert", Base64, "", "-", "Client certificate for the upstream."),
            Now("tls_client_key", Base64, "", "-", "Its key.") with
            {
                Secret = true,
            },
            Now("tls_client_cert_file", KeyType.File, "", "-", "The same as a file."),
            Now("tls_client_key_file", KeyType.File, "", "-", "Its key as a file."),
            Soon("tls_downstream_client_ca", Base64, "", "-", "Roots of this route's clients.") with
            {
                Deprecated = "write downstream_mtls instead",
            },
            Soon("tls_downstream_client_ca_file", KeyType.File, "", "-", "The same as a file.") with
            {
                Deprecated = "write downstream_mtls instead",
            },
            Soon(
                "tls_upstream_allow_renegotiation",
                KeyType.Boolean,
                "false",
                "0.21",
                "Allow renegotiation with TLS 1.2."
            ),
            Soon("load_balancing_policy", Choice, "ROUND_ROBIN", "0.32", "How one of several upstreams is chosen.") with
            {
                Choices = ["ROUND_ROBIN", "LEAST_REQUEST", "RING_HASH", "RANDOM", "MAGLEV"],
            },
            Soon("least_request_lb_config", KeyType.Any, "", "0.13", "Details of LEAST_REQUEST."),
            Soon("ring_hash_lb_config", KeyType.Any, "", "0.13", "Details of RING_HASH."),
            Soon("maglev_lb_config", KeyType.Any, "", "0.13", "Details of MAGLEV."),
            Soon("common_lb_config", KeyType.Any, "", "0.13", "Details of every kind."),
            Soon("health_checks", KeyType.Any, "", "-", "Active health checks."),
            Soon("outlier_detection", KeyType.Any, "", "-", "Passive ejection."),
            Soon(
                "healthy_panic_threshold",
                Integer,
                "50",
                "0.32",
                "Percentage of healthy endpoints below which health is ignored."
            ),
            Soon("circuit_breaker_thresholds", KeyType.Object, "global", "0.30", "Limits towards this upstream.") with
            {
                Nested = BalancingKeys.CircuitBreaker,
            },
            Soon("mcp", KeyType.Any, "", "0.31", "Model context protocol."),
            Soon("upstream_tunnel", KeyType.Any, "", "0.31", "Reverse tunnel."),
            Soon("session_recording", KeyType.Any, "", "0.33", "Session recording."),
        ];
}
