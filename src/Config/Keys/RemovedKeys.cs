using System.Collections.Frozen;

namespace Pomerium.Fast.Config.Keys;

/// <summary>Keys that once existed (config spec 5). They are looked for in the file only.</summary>
public static class RemovedKeys
{
    private const string Directory = "https://docs.pomerium.com/docs/overview/upgrading#idp-directory-sync";
    private const string Mtls = "https://www.pomerium.com/docs/deploy/core/upgrading#new-downstream-mtls-settings";

    /// <summary>Start-up fails: full key (list indexes removed, <c>policy</c> written as <c>routes</c>) to removal and help.</summary>
    public static FrozenDictionary<string, (string In, string Help)> Fatal { get; } =
        new Dictionary<string, (string, string)>(StringComparer.OrdinalIgnoreCase)
        {
            ["idp_service_account"] = ("0.20", Directory),
            ["idp_refresh_directory_timeout"] = ("0.20", Directory),
            ["idp_refresh_directory_interval"] = ("0.20", Directory),
            ["idp_qps"] = ("0.20", Directory),
            ["routes.allowed_groups"] = ("0.20", "https://docs.pomerium.com/docs/overview/upgrading#idp-groups-policy"),
            ["routes.set_authorization_header"] = (
                "0.24",
                "https://www.pomerium.com/docs/deploy/core/upgrading#set-authorization-header"
            ),
            ["client_ca"] = ("0.26", Mtls),
            ["client_ca_file"] = ("0.26", Mtls),
        }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Without effect, start-up continues: key to removal and what replaces it.</summary>
    public static FrozenDictionary<string, (string In, string Hint)> Ignored { get; } =
        new Dictionary<string, (string, string)>(StringComparer.OrdinalIgnoreCase)
        {
            ["headers"] = ("0.16", "write set_response_headers instead"),
            ["signing_key_algorithm"] = ("0.16", "remove it: the algorithm follows from signing_key"),
            ["grpc_server_max_connection_age"] = ("0.15", "remove it"),
            ["grpc_server_max_connection_age_grace"] = ("0.15", "remove it"),
            ["refresh_cooldown"] = ("0.15", "remove it"),
            ["administrators"] = ("0.13", "remove it"),
            ["enable_user_impersonation"] = ("0.13", "remove it"),
            ["cache_service_url"] = ("0.11", "write databroker_service_url instead"),
            ["cache_store"] = ("0.11", "write databroker_storage_type instead"),
            ["cache_store_address"] = ("0.11", "write databroker_storage_connection_string instead"),
            ["cache_store_password"] = ("0.11", "write databroker_storage_connection_string instead"),
            ["cache_store_path"] = ("0.11", "write databroker_storage_connection_string instead"),
            ["forward_auth_url"] = ("0.21", "remove it: forward authentication no longer exists"),
            ["tracing_debug"] = ("0.9", "write otel_traces_sampler_arg instead"),
            ["authenticate_internal_url"] = ("0.4", "write authenticate_internal_service_url instead"),
            ["client_crl"] = ("0.23", "write downstream_mtls.crl instead"),
            ["client_crl_file"] = ("0.23", "write downstream_mtls.crl_file instead"),
            ["cookie_secure"] = ("0.26", "remove it: cookies are always Secure"),
            ["grpc_client_dns_roundrobin"] = ("0.28", "remove it"),
            ["audit_key"] = ("0.29", "remove it"),
            ["pomerium_debug"] = ("0.16", "write log_level: debug instead"),
            ["debug"] = ("0.16", "write log_level: debug instead"),
            ["jwt_claims_header"] = ("0.9", "write jwt_claims_headers instead"),
        }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
}
