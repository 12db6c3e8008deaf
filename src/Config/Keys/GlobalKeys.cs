using static Pomerium.Fast.Config.Keys.KeyType;
using static Pomerium.Fast.Config.Keys.Row;

namespace Pomerium.Fast.Config.Keys;

/// <summary>The options at the top level of a file (config spec 2), assembled from one list a subject.</summary>
public static class GlobalKeys
{
    public static KeyTable Table { get; } =
        new([
            .. General,
            .. Requests,
            .. CertificateKeys.Rows,
            .. IdentityKeys.Rows,
            .. ServiceKeys.Rows,
            .. TelemetryKeys.Rows,
        ]);

    private static IEnumerable<KeyInfo> General =>
        [
            Soon(
                "services",
                TextList,
                "all",
                "-",
                "Which services this process runs: all, authenticate, authorize, databroker, proxy."
            ),
            Now("address", Address, ":443", "-", "Main listener. An empty host means every interface, IPv4 and IPv6."),
            Soon("grpc_address", Address, ":443", "-", "Listener of the gRPC services."),
            Soon("grpc_insecure", KeyType.Boolean, "", "-", "gRPC listener without TLS."),
            Soon("grpc_client_timeout", Duration, "10s", "-", "Limit for the authorization check of one request."),
            Now("insecure_server", KeyType.Boolean, "false", "0.4", "Main listener without TLS."),
            Now("http_redirect_addr", Address, "", "-", "Listener that redirects HTTP to HTTPS."),
            Soon("installation_id", Text, "", "-", "Label on metrics and logs."),
            Soon("health_check_addr", Address, "127.0.0.1:28080", "0.31", "Listener of the health probes."),
            Soon("health_check_systemd_disabled", KeyType.Boolean, "false", "0.31", "No notifications to systemd."),
            Soon("debug_address", Address, "", "0.32", "Debug listener."),
            Soon(
                "use_proxy_protocol",
                KeyType.Boolean,
                "false",
                "0.13",
                "Require a PROXY header on the main listener."
            ),
            Soon("codec_type", Choice, "auto", "-", "Protocols offered on the main listener.") with
            {
                Choices = ["auto", "http1", "http2", "http3"],
            },
            Now("runtime_flags", KeyType.Object, "", "0.26", "Switches by name, see below."),
            Now(
                "dns_lookup_family",
                Choice,
                "V4_PREFERRED",
                "-",
                "Address families of upstream names, exact case."
            ) with
            {
                Choices = ["AUTO", "V4_ONLY", "V6_ONLY", "V4_PREFERRED", "ALL"],
            },
            Soon("dns_failure_refresh_rate", Duration, "", "0.31", "Wait before a failed name is resolved again."),
            Soon("dns_refresh_rate", Duration, "", "0.31", "Upper limit of a record's time to live."),
            Soon("dns_query_timeout", Duration, "5s", "0.31", "Limit for one query."),
            Soon("dns_query_tries", Integer, "4", "0.31", "Attempts for one query."),
            Inert("dns_udp_max_queries", Integer, "100", "0.31"),
            Soon("dns_use_tcp", KeyType.Boolean, "false", "0.31", "Queries over TCP."),
            Soon("dns_resolvers", TextList, "", "0.32", "Resolvers as udp://IP:PORT or tcp://IP:PORT."),
            Soon("limits", KeyType.Object, "", "-", "Hard limits of the data plane by name, see below.") with
            {
                Nested = LimitKeys.Table,
                Environment = "",
            },
        ];

    private static IEnumerable<KeyInfo> Requests =>
        [
            Now("routes", Routes, "", "0.15", "The routes, in order of evaluation."),
            Now("policy", Routes, "", "-", "Older name of routes; both apply, these first."),
            Now("timeout_read", Duration, "30s", "-", "Time to receive a whole request; 0 is off."),
            Now("timeout_write", Duration, "0s", "-", "Longest life of one exchange; 0 is off."),
            Now("timeout_idle", Duration, "5m", "-", "Idle client connections are closed; 0 is off."),
            Now("default_upstream_timeout", Duration, "30s", "-", "Timeout of routes that state none."),
            Now("skip_xff_append", KeyType.Boolean, "false", "-", "Leave X-Forwarded-For untouched."),
            Now("xff_num_trusted_hops", Integer, "0", "-", "Number of trusted proxies in front."),
            Now(
                "headers_with_underscores_action",
                Choice,
                "reject_request",
                "0.33",
                "Request headers with an underscore in the name."
            ) with
            {
                Choices = ["allow", "reject_request", "drop_header"],
            },
            Now("merge_slashes", KeyType.Boolean, "true", "0.33", "Runs of slashes in a path become one."),
            Now("normalize_path", KeyType.Boolean, "true", "0.33", "Paths are normalised before they are matched."),
            Now("path_with_escaped_slashes_action", Choice, "reject_request", "0.33", "Paths with %2F or %5C.") with
            {
                Choices = ["keep_unchanged", "reject_request", "unescape_and_redirect", "unescape_and_forward"],
            },
            Now("allow_upgrades", TextList, "", "0.33", "Upgrade tokens that routes allow when they name none."),
            Soon("circuit_breaker_thresholds", KeyType.Object, "", "0.30", "Limits towards an upstream.") with
            {
                Nested = BalancingKeys.CircuitBreaker,
            },
            Now(
                "set_response_headers",
                TextMap,
                "three security headers",
                "0.16",
                "Headers put on every answer. From the environment: HEADERS."
            ) with
            {
                Environment = "HEADERS",
            },
            Now(
                "pass_identity_headers",
                KeyType.Boolean,
                "false",
                "-",
                "Routes that say nothing send the identity headers upstream."
            ),
            Soon("envoy_bind_config_source_address", Text, "", "0.16", "Local address of upstream connections."),
            Soon("envoy_bind_config_freebind", KeyType.Boolean, "", "0.16", "IP_FREEBIND on upstream sockets."),
            Inert("envoy_admin_address", Text, "", "-"),
            Inert("envoy_admin_access_log_path", Text, "/dev/null", "-"),
            Inert("envoy_admin_profile_path", Text, "/dev/null", "-"),
            Inert("envoy_dynamic_extensions", KeyType.Any, "", "-") with
            {
                Environment = "",
            },
            Soon("ssh_address", Address, "", "0.30", "Listener for native SSH."),
            Soon("ssh_host_key_files", TextList, "", "0.30", "Host keys of the SSH listener."),
            Soon("ssh_host_keys", TextList, "", "0.30", "Host keys of the SSH listener, as text.") with
            {
                Secret = true,
            },
            Soon("ssh_user_ca_key_file", KeyType.File, "", "0.30", "Key that signs SSH user certificates."),
            Soon("ssh_user_ca_key", Text, "", "0.30", "Key that signs SSH user certificates, as text.") with
            {
                Secret = true,
            },
            Soon("ssh_rls_enabled", KeyType.Boolean, "false", "0.33", "Rate limit service of the SSH listener."),
            Soon("ssh_rls_additional_entries", KeyType.Any, "", "0.33", "Further entries for it.") with
            {
                Environment = "",
            },
            Soon("mcp_allowed_client_id_domains", TextList, "", "0.31", "Domains of client metadata."),
            Soon("mcp_allowed_as_metadata_domains", TextList, "", "0.31", "Domains of authorization server metadata."),
            Inert("blob_storage", KeyType.Any, "", "0.33"),
            Inert("session_recording_concurrency", Integer, "", "0.33"),
            Inert("auto_apply_changesets", KeyType.Boolean, "", "0.33"),
            Now("primary_color", Text, "", "-", "Colour of links and buttons on the pages, such as `#5b3ba8`."),
            Now("secondary_color", Text, "", "-", "Colour of lines and of the frames of quiet buttons."),
            Now("darkmode_primary_color", Text, "", "-", "The first colour for browsers in dark mode."),
            Now("darkmode_secondary_color", Text, "", "-", "The second colour for browsers in dark mode."),
            Now("logo_url", Url, "", "-", "Logo of the pages: an https or `data:image/` URL."),
            Now("favicon_url", Url, "", "-", "Icon of the pages: an https or `data:image/` URL."),
            Now("error_message_first_paragraph", Text, "", "-", "Plain text that error pages show first."),
        ];
}
