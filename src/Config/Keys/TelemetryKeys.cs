using System.Collections.Immutable;
using static Pomerium.Fast.Config.Keys.KeyType;
using static Pomerium.Fast.Config.Keys.Row;

namespace Pomerium.Fast.Config.Keys;

/// <summary>Logs, metrics, traces (config spec 2.9).</summary>
internal static class TelemetryKeys
{
    private static readonly ImmutableArray<string> Levels =
    [
        "trace",
        "debug",
        "info",
        "warn",
        "warning",
        "error",
        "critical",
        "fatal",
        "panic",
        "off",
        "none",
        "disabled",
    ];

    private static readonly KeyInfo SampleRate = Soon(
        "tracing_sample_rate",
        Number,
        "0.0001",
        "0.9",
        "Share of requests that are traced."
    ) with
    {
        Deprecated = "write otel_traces_sampler_arg instead",
    };

    public static IEnumerable<KeyInfo> Rows =>
        [
            Now("log_level", Choice, "info", "-", "Lowest level that is logged, lower case.") with
            {
                Choices = Levels,
            },
            Now(
                "proxy_log_level",
                Choice,
                "log_level",
                "-",
                "The same for the data plane; access lines need info or lower."
            ) with
            {
                Choices = Levels,
            },
            Now("access_log_fields", TextList, "the default set", "0.23", "Fields of an access line, in order."),
            Now("authorize_log_fields", TextList, "the default set", "0.23", "Fields of a decision line."),
            Soon("metrics_address", Address, "", "-", "Metrics listener."),
            Soon("metrics_basic_auth", Base64, "", "-", "Base64 of user:password.") with
            {
                Secret = true,
            },
            Soon("metrics_certificate", Base64, "", "-", "Certificate of the metrics listener."),
            Soon("metrics_certificate_key", Base64, "", "-", "Its key.") with
            {
                Secret = true,
            },
            Soon("metrics_certificate_file", KeyType.File, "", "-", "Certificate of the metrics listener."),
            Soon("metrics_certificate_key_file", KeyType.File, "", "-", "Its key."),
            Soon("metrics_client_ca", Base64, "", "-", "Roots of the metrics listener's clients."),
            Soon("metrics_client_ca_file", KeyType.File, "", "-", "The same as a file."),
            Soon("otel_traces_exporter", Choice, "", "0.29", "Where traces go.") with
            {
                Choices = ["none", "noop", "otlp"],
            },
            Soon("otel_traces_sampler_arg", Number, "1.0", "0.29", "Share of requests that are traced."),
            Soon("otel_resource_attributes", TextList, "", "0.29", "Attributes as k=v."),
            Soon("otel_log_level", Text, "", "0.29", "Level of the exporter's own log."),
            Soon("otel_attribute_value_length_limit", Integer, "", "0.29", "Longest attribute value."),
            Soon("otel_exporter_otlp_endpoint", Url, "", "0.29", "Collector."),
            Soon("otel_exporter_otlp_traces_endpoint", Url, "", "0.29", "Collector for traces."),
            Soon("otel_exporter_otlp_protocol", Choice, "", "0.29", "Protocol.") with
            {
                Choices = ["grpc", "http/protobuf"],
            },
            Soon("otel_exporter_otlp_traces_protocol", Choice, "", "0.29", "Protocol for traces.") with
            {
                Choices = ["grpc", "http/protobuf"],
            },
            Soon("otel_exporter_otlp_headers", TextList, "", "0.29", "Headers as k=v.") with
            {
                Secret = true,
            },
            Soon("otel_exporter_otlp_traces_headers", TextList, "", "0.29", "Headers for traces as k=v.") with
            {
                Secret = true,
            },
            Soon("otel_exporter_otlp_timeout", Integer, "", "0.29", "Milliseconds."),
            Soon("otel_exporter_otlp_traces_timeout", Integer, "", "0.29", "Milliseconds."),
            Soon("otel_bsp_schedule_delay", Integer, "5000", "0.29", "Milliseconds between batches."),
            Soon("otel_bsp_max_export_batch_size", Integer, "512", "0.29", "Spans in one batch."),
            Soon("tracing_provider", Text, "", "0.9", "Older way to choose a tracing backend.") with
            {
                Choices = ["zipkin", "jaeger", "datadog"],
                Deprecated = "write otel_traces_exporter instead",
            },
            SampleRate,
            SampleRate with
            {
                Name = "tracing_sampling_rate",
                AliasOf = SampleRate.Name,
                Environment = "TRACING_SAMPLING_RATE",
            },
            Soon("tracing_datadog_address", Text, "127.0.0.1:8126", "0.12", "Datadog agent.") with
            {
                Deprecated = "write otel_exporter_otlp_endpoint instead",
            },
            Soon("tracing_jaeger_collector_endpoint", Text, "", "0.9", "Jaeger collector.") with
            {
                Deprecated = "write otel_exporter_otlp_endpoint instead",
            },
            Soon("tracing_jaeger_agent_endpoint", Text, "", "0.9", "Jaeger agent.") with
            {
                Deprecated = "write otel_exporter_otlp_endpoint instead",
            },
            Soon("tracing_zipkin_endpoint", Text, "", "0.9", "Zipkin collector.") with
            {
                Deprecated = "write otel_exporter_otlp_endpoint instead",
            },
        ];
}
