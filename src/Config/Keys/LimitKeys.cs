using static Pomerium.Fast.Config.Keys.KeyType;
using static Pomerium.Fast.Config.Keys.Row;

namespace Pomerium.Fast.Config.Keys;

/// <summary>Names inside <c>limits</c> (hardening 2.1 to 2.3). An unknown name here is an error, not a warning.</summary>
internal static class LimitKeys
{
    public static KeyTable Table { get; } =
        new(
            Soon("max_request_line", Integer, "16384", "-", "Bytes of the request line."),
            Soon("max_header_bytes", Integer, "131072", "-", "Bytes of the whole head."),
            Soon("max_header_count", Integer, "1000", "-", "Headers of a request."),
            Soon("max_header_name", Integer, "256", "-", "Bytes of a header name."),
            Soon("max_leading_empty_lines", Integer, "1", "-", "Empty lines in front of a request."),
            Soon("max_chunk_size_digits", Integer, "15", "-", "Digits of a chunk size."),
            Soon("max_chunk_extension", Integer, "4096", "-", "Bytes of chunk extensions of a body."),
            Soon("max_trailer_bytes", Integer, "16384", "-", "Bytes of trailers."),
            Soon("max_trailer_count", Integer, "64", "-", "Trailers of a body."),
            Soon("max_requests_per_connection", Integer, "0", "-", "Requests on one connection; 0 is no limit."),
            Soon("max_response_header_bytes", Integer, "131072", "-", "Bytes of an upstream's head."),
            Soon("max_response_header_count", Integer, "1000", "-", "Headers of an upstream's answer."),
            Soon("max_informational_responses", Integer, "16", "-", "1xx answers of one exchange."),
            Soon("max_early_response_drain", Integer, "262144", "-", "Bytes still read after an early answer."),
            Soon(
                "max_downstream_connections",
                Integer,
                "0",
                "-",
                "Client connections; 0 follows the descriptor limit."
            ),
            Soon("max_connections_per_address", Integer, "0", "-", "Connections of one client address; 0 is off."),
            Soon("max_accepts_per_turn", Integer, "64", "-", "Accepts of one loop turn."),
            Soon("max_handshakes_in_flight", Integer, "512", "-", "Handshakes of one loop."),
            Soon("max_buffered_bytes_per_connection", Integer, "262144", "-", "Buffered bytes each way."),
            Soon("max_buffered_bytes", Integer, "0", "-", "Buffered bytes of the process; 0 follows the memory."),
            Soon("proxy_header_timeout", Duration, "5s", "-", "Until the PROXY header is complete."),
            Soon("handshake_timeout", Duration, "10s", "-", "Until the TLS handshake is complete."),
            Soon("request_header_timeout", Duration, "10s", "-", "Until a request head is complete."),
            Soon("min_body_rate", Integer, "240", "-", "Bytes a second of a request body."),
            Soon("min_read_rate", Integer, "240", "-", "Bytes a second that a client must read."),
            Soon("lingering_timeout", Duration, "1s", "-", "Wait for the peer's end when closing."),
            Soon("ping_ack_timeout", Duration, "15s", "-", "Wait for the answer to a ping.")
        );
}
