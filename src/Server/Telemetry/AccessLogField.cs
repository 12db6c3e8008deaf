namespace Pomerium.Fast.Server.Telemetry;

/// <summary>Fields of the access log by their configured names (telemetry spec 2.3).</summary>
internal enum AccessLogField
{
    UpstreamCluster,
    Method,
    Authority,
    Path,
    UserAgent,
    Referer,
    ForwardedFor,
    RequestId,
    Duration,
    Size,
    ResponseCode,
    ResponseCodeDetails,
    Query,
    Ip,
    ClusterStatName,
    Headers,
}
