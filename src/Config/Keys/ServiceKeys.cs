using static Pomerium.Fast.Config.Keys.KeyType;
using static Pomerium.Fast.Config.Keys.Row;

namespace Pomerium.Fast.Config.Keys;

/// <summary>Shared secret, service addresses, storage (config spec 2.8).</summary>
internal static class ServiceKeys
{
    public static KeyTable ClusterNode { get; } =
        new(
            Soon("id", Text, "", "0.31", "Name of the node."),
            Soon("grpc_address", Text, "", "0.31", "Its gRPC address."),
            Soon("raft_address", Text, "", "0.31", "Its consensus address.")
        );

    public static IEnumerable<KeyInfo> Rows =>
        [
            Now("shared_secret", Base64, "generated", "-", "Base64 of 32 bytes; the same for every process.") with
            {
                Secret = true,
            },
            Now("shared_secret_file", KeyType.File, "", "0.18", "The same as a file."),
            Soon("authorize_service_url", Url, "", "-", "URL of the authorize service."),
            Soon("authorize_service_urls", UrlList, "", "-", "Several of them."),
            Soon("authorize_internal_service_url", Url, "", "-", "The same as seen by other services."),
            Soon("databroker_service_url", Url, "", "-", "URL of the databroker service."),
            Soon("databroker_service_urls", UrlList, "", "-", "Several of them."),
            Soon("databroker_internal_service_url", Url, "", "-", "The same as seen by other services."),
            Soon("databroker_storage_type", Text, "memory", "-", "Where records are kept.") with
            {
                Choices = ["memory", "file", "postgres", "redis"],
            },
            Soon("databroker_storage_connection_string", Text, "", "-", "Address of the storage.") with
            {
                Secret = true,
            },
            Soon("databroker_storage_connection_string_file", KeyType.File, "", "-", "The same as a file."),
            Soon("databroker_storage_cert_file", KeyType.File, "", "-", "Client certificate for redis."),
            Soon("databroker_storage_key_file", KeyType.File, "", "-", "Its key."),
            Soon("databroker_storage_ca_file", KeyType.File, "", "-", "Roots for redis."),
            Soon(
                "databroker_storage_tls_skip_verify",
                KeyType.Boolean,
                "false",
                "-",
                "Accept any certificate of redis."
            ),
            Soon("databroker_cluster_node_id", Text, "", "0.31", "This node's name in the cluster."),
            Soon("databroker_cluster_leader_id", Text, "", "0.31", "The leader's name."),
            Soon(
                "databroker_cluster_nodes",
                ObjectList,
                "",
                "0.31",
                "The nodes: list of {id, grpc_address, raft_address}."
            ) with
            {
                Nested = ClusterNode,
                Environment = "",
            },
            Soon("databroker_raft_bind_address", Text, "", "0.31", "Consensus listener."),
        ];
}
