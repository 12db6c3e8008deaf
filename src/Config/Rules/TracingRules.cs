using Pomerium.Fast.Config.Binding;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Tracing by the older keys (telemetry 4.1).</summary>
internal static class TracingRules
{
    public static void Check(OptionReader options)
    {
        const string Provider = "tracing_provider";
        if (options.Text(Provider) is { } provider && provider is not ("zipkin" or "jaeger" or "datadog"))
        {
            options.Error(
                Provider,
                "unknown-choice",
                $"config: provider {provider} unknown",
                OptionReader.Suggest(provider, ["zipkin", "jaeger", "datadog"])
            );
        }
        CheckUrl(options, "tracing_zipkin_endpoint", "config: invalid zipkin endpoint url: ");
        CheckUrl(options, "tracing_jaeger_collector_endpoint", "config: invalid jaeger endpoint url: ");
        if (options.Text(Provider) is "zipkin" && !options.Has("tracing_zipkin_endpoint"))
        {
            options.Error(
                Provider,
                "missing-endpoint",
                "config: invalid zipkin endpoint url: url cannot be empty",
                "set tracing_zipkin_endpoint"
            );
        }
        foreach (string key in (ReadOnlySpan<string>)["tracing_sample_rate", "otel_traces_sampler_arg"])
        {
            if (options.Number(key) is < 0 or > 1)
            {
                options.Error(key, "out-of-range", "the share must be from 0 to 1", "write 1 for every request");
            }
        }
    }

    private static void CheckUrl(OptionReader options, string key, string message)
    {
        if (options.Text(key) is { } text && UrlConverter.Check(text, out string cause) is null)
        {
            options.Error(key, "invalid-url", message + cause, "write scheme and host");
        }
    }
}
