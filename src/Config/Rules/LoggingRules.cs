using System.Collections.Immutable;
using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Log levels and fields (config spec 2.9, telemetry 2.3, 2.4). A wrong field is never fatal.</summary>
internal static class LoggingRules
{
    private static readonly ImmutableArray<string> AccessFields =
    [
        "authority",
        "client-certificate",
        "cluster-stat-name",
        "duration",
        "forwarded-for",
        "headers",
        "ip",
        "method",
        "path",
        "query",
        "referer",
        "request-id",
        "response-code",
        "response-code-details",
        "size",
        "upstream-cluster",
        "user-agent",
    ];

    private static readonly ImmutableArray<string> AuthorizeFields =
    [
        "body",
        "check-request-id",
        "cluster-stat-name",
        "email",
        "envoy-route-checksum",
        "envoy-route-id",
        "headers",
        "host",
        "id-token",
        "id-token-claims",
        "impersonate-email",
        "impersonate-session-id",
        "impersonate-user-id",
        "ip",
        "mcp-method",
        "mcp-tool",
        "mcp-tool-parameters",
        "method",
        "path",
        "query",
        "removed-groups-count",
        "request-id",
        "route-checksum",
        "route-id",
        "service-account-id",
        "session-id",
        "user",
    ];

    public static LoggingOptions Read(OptionReader options)
    {
        LogLevelOption level = Level(options, "log_level") ?? LogLevelOption.Info;
        return new LoggingOptions
        {
            Level = level,
            ProxyLevel = Level(options, "proxy_log_level") ?? level,
            AccessFields = Fields(options, "access_log_fields", "access log field", AccessFields),
            AuthorizeFields = Fields(options, "authorize_log_fields", "authorize log field", AuthorizeFields),
        };
    }

    private static LogLevelOption? Level(OptionReader options, string key)
    {
        string text = options.Text(key, "");
        LogLevelOption? level = text switch
        {
            "trace" => LogLevelOption.Trace,
            "debug" => LogLevelOption.Debug,
            "info" => LogLevelOption.Info,
            "warn" or "warning" => LogLevelOption.Warn,
            "error" => LogLevelOption.Error,
            "critical" or "fatal" or "panic" => LogLevelOption.Fatal,
            // YAML reads an unquoted off as text here, and a quoted one is the same.
            "off" or "none" or "disabled" => LogLevelOption.Off,
            _ => null,
        };
        if (level is null && text.Length > 0)
        {
            options.Error(
                key,
                "unknown-choice",
                $"config: invalid {key}: unknown log level: {text}",
                OptionReader.Suggest(text.ToLowerInvariant(), Keys.GlobalKeys.Table[key].Choices)
            );
        }
        return level;
    }

    private static ImmutableArray<string>? Fields(
        OptionReader options,
        string key,
        string noun,
        ImmutableArray<string> known
    )
    {
        if (options.List(key) is not { } fields)
        {
            return null;
        }
        List<string> good = [];
        foreach (string field in fields)
        {
            if (
                known.Contains(field, StringComparer.Ordinal)
                || (field.StartsWith("headers.", StringComparison.Ordinal) && field.Length > 8)
            )
            {
                good.Add(field);
                continue;
            }
            options.Warn(
                key,
                "unknown-log-field",
                $"config: invalid {key}: unknown {noun}: {field}",
                OptionReader.Suggest(field, known),
                field
            );
        }
        return [.. good];
    }
}
