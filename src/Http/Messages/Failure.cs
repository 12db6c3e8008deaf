namespace Pomerium.Fast.Http.Messages;

/// <summary>Every way in which an exchange can fail; one table maps each to status, log words and counter.</summary>
public enum FailureKind : byte
{
    None,
    MalformedRequest,
    PathRejected,
    UnderscoreHeader,
    MissingHost,
    LowVersion,
    UnsupportedVersion,
    UnsupportedTransferCoding,
    UnsupportedExpectation,
    TargetTooLong,
    HeadTooLarge,
    TooManyHeaders,
    BodyTooLarge,
    RequestTimeout,
    RouteNotFound,
    UpgradeRefused,
    AuthorizationUnavailable,
    ConnectFailed,
    ConnectTimeout,
    NoEndpoint,
    Overflow,
    UpstreamClosed,
    UpstreamReset,
    UpstreamMalformed,
    UpstreamTimeout,
    StreamIdle,
    RequestIdle,
    DownstreamGone,
    UpstreamTruncated,
    RewriteBroken,
    ControlPlaneDown,
}

/// <summary>Whose fault a failure is.</summary>
public enum FailureSide : byte
{
    Us,
    Downstream,
    Upstream,
}
