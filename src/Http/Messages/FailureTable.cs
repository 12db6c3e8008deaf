using System.Text;

namespace Pomerium.Fast.Http.Messages;

/// <summary>What a failure means: status, Envoy-style flag, detail for log and body, gRPC status, and whose fault it is (routing 14.1).</summary>
public sealed record FailureRow(int Status, FailureSide Side, string Flag, string Detail, int GrpcStatus)
{
    public byte[] DetailBytes { get; } = Encoding.ASCII.GetBytes(Detail);

    /// <summary>For people: what happened, and what to do.</summary>
    public byte[] WordsBytes { get; } = Encoding.ASCII.GetBytes(StatusWords.Description(Status));
    public byte[] NextStepBytes { get; } = Encoding.ASCII.GetBytes(StatusWords.NextStep(Status));
    public byte[] GrpcStatusBytes { get; } =
        Encoding.ASCII.GetBytes(GrpcStatus.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>A client's bytes cannot be trusted any further: answer, then close.</summary>
    public bool ClosesDownstream => Side == FailureSide.Downstream;
}

/// <summary>The one table from failure to answer.</summary>
public static class FailureTable
{
    private const string Reset = "upstream_reset_before_response_started";

    private static readonly FailureRow[] Rows = Make();

    public static FailureRow Of(FailureKind kind) => Rows[(int)kind];

    private static FailureRow[] Make()
    {
        FailureRow[] rows = new FailureRow[Enum.GetValues<FailureKind>().Length];
        Array.Fill(rows, new FailureRow(503, FailureSide.Us, "", "internal_error", 14));
        void Row(FailureKind kind, int status, FailureSide side, string flag, string detail, int grpc) =>
            rows[(int)kind] = new FailureRow(status, side, flag, detail, grpc);

        const FailureSide Down = FailureSide.Downstream;
        const FailureSide Up = FailureSide.Upstream;
        const FailureSide Us = FailureSide.Us;
        Row(FailureKind.MalformedRequest, 400, Down, "DPE", "http1.codec_error", 2);
        Row(FailureKind.PathRejected, 400, Down, "DPE", "path_normalization_failed", 2);
        Row(FailureKind.UnderscoreHeader, 400, Down, "DPE", "http1.unexpected_underscore", 2);
        Row(FailureKind.MissingHost, 400, Down, "DPE", "missing_host_header", 2);
        Row(FailureKind.LowVersion, 426, Down, "", "low_version", 2);
        Row(FailureKind.UnsupportedVersion, 505, Down, "", "http1.unsupported_version", 2);
        Row(FailureKind.UnsupportedTransferCoding, 501, Down, "", "http1.unsupported_transfer_encoding", 2);
        Row(FailureKind.UnsupportedExpectation, 417, Down, "", "http1.unsupported_expectation", 2);
        Row(FailureKind.TargetTooLong, 414, Down, "", "request_target_too_long", 2);
        Row(FailureKind.HeadTooLarge, 431, Down, "", "request_headers_too_large", 2);
        Row(FailureKind.TooManyHeaders, 431, Down, "", "too_many_headers", 2);
        Row(FailureKind.BodyTooLarge, 413, Down, "", "request_payload_too_large", 2);
        Row(FailureKind.RequestTimeout, 408, Down, "", "request_overall_timeout", 4);
        Row(FailureKind.RouteNotFound, 404, Us, "NR", "route_not_found", 5);
        Row(FailureKind.UpgradeRefused, 403, Down, "", "upgrade_failed", 7);
        Row(FailureKind.AuthorizationUnavailable, 503, Us, "UAEX", "ext_authz_error", 14);
        Row(FailureKind.ConnectFailed, 503, Up, "UF", Reset + "{remote_connection_failure}", 14);
        Row(FailureKind.ConnectTimeout, 503, Up, "UF", Reset + "{connection_timeout}", 14);
        Row(FailureKind.NoEndpoint, 503, Up, "UH", "no_healthy_upstream", 14);
        Row(FailureKind.Overflow, 503, Us, "UO", Reset + "{overflow}", 14);
        Row(FailureKind.UpstreamClosed, 503, Up, "UC", Reset + "{connection_termination}", 1);
        Row(FailureKind.UpstreamReset, 503, Up, "UR", Reset + "{remote_reset}", 1);
        Row(FailureKind.UpstreamMalformed, 502, Up, "UPE", Reset + "{protocol_error}", 13);
        Row(FailureKind.UpstreamTimeout, 504, Up, "UT", "response_timeout", 4);
        Row(FailureKind.StreamIdle, 504, Up, "SI", "stream_idle_timeout", 4);
        Row(FailureKind.RequestIdle, 408, Down, "SI", "stream_idle_timeout", 4);
        Row(FailureKind.ControlPlaneDown, 503, Us, "UF", Reset + "{connection_failure}", 14);
        Row(FailureKind.DownstreamGone, 0, Down, "DC", "downstream_remote_disconnect", 1);
        Row(
            FailureKind.UpstreamTruncated,
            502,
            Up,
            "UC",
            "upstream_reset_after_response_started{connection_termination}",
            1
        );
        Row(FailureKind.RewriteBroken, 502, Us, "", "path_rewrite_failed", 13);
        return rows;
    }
}
