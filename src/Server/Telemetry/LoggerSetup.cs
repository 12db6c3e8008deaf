using Microsoft.Extensions.Logging;

namespace Pomerium.Fast.Server.Telemetry;

/// <summary>The one logger factory of a process.</summary>
internal static class LoggerSetup
{
    public static ILoggerFactory Create(LogWriter writer, LogLevels levels)
    {
        LoggerFactory factory = new();
        factory.AddProvider(new JsonLoggerProvider(writer, levels, TimeProvider.System));
        return factory;
    }
}
