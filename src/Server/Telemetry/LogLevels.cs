using Microsoft.Extensions.Logging;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Server.Telemetry;

/// <summary>The configured minimum, replaceable by a reload; info until a configuration is there (telemetry spec 2.2).</summary>
internal sealed class LogLevels
{
    private volatile int _minimum = (int)LogLevel.Information;

    public void Set(LogLevelOption option) =>
        _minimum = (int)(
            option switch
            {
                LogLevelOption.Trace => LogLevel.Trace,
                LogLevelOption.Debug => LogLevel.Debug,
                LogLevelOption.Info => LogLevel.Information,
                LogLevelOption.Warn => LogLevel.Warning,
                LogLevelOption.Error => LogLevel.Error,
                LogLevelOption.Fatal => LogLevel.Critical,
                _ => LogLevel.None,
            }
        );

    public bool Allows(LogLevel level) => (int)level >= _minimum && level != LogLevel.None;
}
