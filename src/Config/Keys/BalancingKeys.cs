using static Pomerium.Fast.Config.Keys.KeyType;
using static Pomerium.Fast.Config.Keys.Row;

namespace Pomerium.Fast.Config.Keys;

internal static class BalancingKeys
{
    public static KeyTable CircuitBreaker { get; } =
        new(
            Soon("max_connections", Integer, "1024", "0.30", "Connections to one upstream."),
            Soon("max_pending_requests", Integer, "1024", "0.30", "Requests that wait for a connection."),
            Soon("max_requests", Integer, "1024", "0.30", "Requests in flight."),
            Inert("max_retries", Integer, "3", "0.30"),
            Inert("max_connection_pools", Integer, "", "0.30")
        );
}
