using System.Collections.Immutable;
using static Pomerium.Fast.Config.Keys.KeyEffect;

namespace Pomerium.Fast.Config.Keys;

/// <summary>One switch inside <c>runtime_flags</c> (config spec 6).</summary>
public sealed record RuntimeFlag(string Name, bool Default, KeyEffect Effect, string Meaning);

public static class RuntimeFlags
{
    public static ImmutableArray<RuntimeFlag> All { get; } =
    [
        new("match_any_incoming_port", true, Works, "A from without a port matches every port."),
        new("config_hot_reload", true, Works, "Changed files are picked up."),
        new("routes_portal", true, Later, "The page /.pomerium/routes."),
        new("pomerium_jwt_endpoint", false, Works, "The endpoint /.pomerium/jwt."),
        new("allow_any_sign_out_redirect_uri", false, Works, "Sign-out may return anywhere."),
        new("refresh_session_at_id_token_expiration", true, Works, "Refresh when the id token ends too."),
        new("authorize_use_synced_data", true, Never, "Accepted for compatibility."),
        new("add_extra_metrics_labels", true, Later, "Labels for host and installation."),
        new("debug_admin_endpoints", false, Later, "Administration on the debug listener."),
        new("grpc_databroker_keepalive", true, Later, "Keep-alive towards the databroker."),
        new("mcp", true, Later, "Model context protocol."),
        new("mcp_dynamic_client_registration", false, Later, "Dynamic registration of its clients."),
        new("envoy_resource_manager", true, Never, "Accepted for compatibility."),
        new("set_envoy_concurrency_to_go_max_procs", true, Never, "Accepted for compatibility."),
        new("ssh_allow_direct_tcpip", false, Later, "Native SSH: direct channels."),
        new("ssh_routes_portal", false, Later, "Native SSH: the portal."),
        new("ssh_upstream_tunnel", false, Later, "Native SSH: reverse tunnels."),
        new("legacy_identity_manager", false, Never, "Accepted for compatibility."),
    ];
}
