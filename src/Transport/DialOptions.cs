using System.Net;
using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Transport.Tls;

namespace Pomerium.Fast.Transport;

/// <summary>One way to reach one endpoint; made once and dialed often.</summary>
public sealed record DialOptions
{
    /// <summary><see cref="IPEndPoint"/> or a Unix socket, or the in-memory transport's own.</summary>
    public required EndPoint EndPoint { get; init; }

    /// <summary>Null: plain.</summary>
    public ClientTlsOptions? Tls { get; init; }

    /// <summary>TCP and TLS together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);
}

public enum DialFailure
{
    None,
    Refused,
    Unreachable,
    TimedOut,
    NoLocalPort,
    TlsFailed,
    CertificateRefused,
    Other,
}

/// <param name="Connection">Set exactly when <paramref name="Failure"/> is None.</param>
/// <param name="Detail">For the log; null on success.</param>
public readonly record struct DialResult(ConnectionContext? Connection, DialFailure Failure, string? Detail);
