using Microsoft.Extensions.Logging;

namespace Pomerium.Fast.Server.Telemetry;

/// <summary>
/// Log lines of everything that is not on a loop: one JSON object a line, fields as telemetry spec 2.1.
/// The category is the <c>service</c>; values of the message template become fields.
/// </summary>
internal sealed class JsonLoggerProvider(LogWriter writer, LogLevels levels, TimeProvider time) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) =>
        new JsonLogger(
            ServiceName(categoryName),
            writer,
            levels,
            time,
            // The web framework's word on each request says nothing that the access log does not.
            IsFramework(categoryName) ? LogLevel.Warning : LogLevel.Trace
        );

    public void Dispose() { }

    /// <summary>Libraries log under their own type names; only their last word is of use to an operator.</summary>
    private static string ServiceName(string category)
    {
        int dot = category.LastIndexOf('.');
        return IsFramework(category) && dot > 0 ? category[(dot + 1)..] : category;
    }

    private static bool IsFramework(string category) => category.StartsWith("Microsoft.", StringComparison.Ordinal);
}
