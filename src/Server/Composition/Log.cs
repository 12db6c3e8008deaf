using Microsoft.Extensions.Logging;

namespace Pomerium.Fast.Server.Composition;

/// <summary>What the process says of itself (telemetry spec 2.5, cli spec 1.2).</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "cmd/pomerium")]
    private static partial void StartedWith(ILogger log, string version, string envoyVersion);

    public static void Started(this ILogger log, string version) => StartedWith(log, version, "none");

    [LoggerMessage(1001, LogLevel.Information, "server started")]
    public static partial void ServerStarted(this ILogger log, string address, string redirectAddress, int loops);

    [LoggerMessage(1002, LogLevel.Information, "config: loaded configuration")]
    public static partial void ConfigLoaded(this ILogger log, string configChangeId, int routes);

    [LoggerMessage(1003, LogLevel.Information, "config: file updated, reconfiguring...")]
    public static partial void FileUpdated(this ILogger log);

    [LoggerMessage(1004, LogLevel.Information, "config: received SIGHUP, reloading config")]
    public static partial void SighupReceived(this ILogger log);

    [LoggerMessage(1005, LogLevel.Error, "config: error updating config")]
    private static partial void UpdateFailedWith(ILogger log, string error);

    public static void UpdateFailed(this ILogger log, string error) => UpdateFailedWith(log, error);

    [LoggerMessage(1006, LogLevel.Information, "hot reload disabled")]
    public static partial void HotReloadDisabled(this ILogger log);

    [LoggerMessage(1007, LogLevel.Error, "failed to listen on http redirect addr")]
    public static partial void RedirectListenFailed(this ILogger log, Exception exception, string address);

    [LoggerMessage(1008, LogLevel.Error, "a listener ended unexpectedly")]
    public static partial void ListenerEnded(this ILogger log, Exception exception, string address);

    [LoggerMessage(1009, LogLevel.Information, "draining: {Connections} connections are open")]
    public static partial void Draining(this ILogger log, int connections);

    [LoggerMessage(1010, LogLevel.Warning, "drain time is over: {Connections} connections are cut")]
    public static partial void DrainCut(this ILogger log, int connections);

    [LoggerMessage(1011, LogLevel.Information, "cmd/pomerium: exiting")]
    public static partial void Exiting(this ILogger log);

    [LoggerMessage(
        1012,
        LogLevel.Warning,
        "only {OpenFiles} files may be open: raise the limit (ulimit -n, LimitNOFILE=) to at least 4096"
    )]
    public static partial void FewOpenFiles(this ILogger log, long openFiles);

    [LoggerMessage(EventId = 1013, Message = "{Message}")]
    public static partial void ConfigFinding(
        this ILogger log,
        LogLevel level,
        string message,
        string configFile,
        int line,
        int column,
        string key,
        string value,
        string help
    );

    [LoggerMessage(1016, LogLevel.Critical, "cmd/pomerium")]
    private static partial void FatalWith(ILogger log, string error);

    public static void Fatal(this ILogger log, string error) => FatalWith(log, error);

    [LoggerMessage(1017, LogLevel.Warning, "session refresh failed for now, it will be tried again: {Detail}")]
    public static partial void RefreshPostponed(this ILogger log, string sessionId, string detail);

    [LoggerMessage(1018, LogLevel.Information, "session ended: the provider no longer stands for it: {Detail}")]
    public static partial void SessionEnded(this ILogger log, string sessionId, string detail);

    [LoggerMessage(
        1020,
        LogLevel.Warning,
        "no certificate fits the name a client asked for: one was generated, which browsers do not trust"
    )]
    public static partial void CertificateGenerated(this ILogger log, string tlsSniHostname);

    [LoggerMessage(1019, LogLevel.Error, "a fault in the data path: one connection was closed, please report this")]
    public static partial void LoopFault(this ILogger log, Exception exception, int loop);
}
