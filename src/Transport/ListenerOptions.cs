using System.Net;
using Pomerium.Fast.Transport.Tls;

namespace Pomerium.Fast.Transport;

/// <summary>What a listener needs to know. Bytes only: the composition maps configuration to it.</summary>
public sealed record ListenerOptions
{
    public required EndPoint EndPoint { get; init; }

    /// <summary>Null: plain.</summary>
    public ServerTlsOptions? Tls { get; init; }
    public int Backlog { get; init; } = 4096;

    /// <summary>Accept to end of TLS handshake.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);
    public int AcceptsPerTurnMax { get; init; } = 64;
    public int HandshakesInFlightMax { get; init; } = 512;
}
