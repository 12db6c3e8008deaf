using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Pomerium.Fast.Auth.Tests;

/// <summary>Keeps what was logged, as <c>Level: text</c>.</summary>
internal sealed class RecordedLog : ILogger
{
    public LogLevel Minimum { get; set; } = LogLevel.Information;

    public ConcurrentQueue<string> Lines { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= Minimum;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => Lines.Enqueue($"{logLevel}: {formatter(state, exception)}");
}
