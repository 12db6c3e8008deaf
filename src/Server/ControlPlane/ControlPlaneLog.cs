namespace Pomerium.Fast.Server.ControlPlane;

internal static partial class ControlPlaneLog
{
    [LoggerMessage(
        6101,
        LogLevel.Error,
        "httputil: error: status={Status} status-text={StatusText} request-id={RequestId} cause={Cause}"
    )]
    public static partial void EndpointError(
        this ILogger log,
        int status,
        string statusText,
        string requestId,
        string cause
    );

    [LoggerMessage(6102, LogLevel.Error, "the control plane failed: request-id={RequestId}")]
    public static partial void EndpointFailed(this ILogger log, Exception error, string requestId);
}
