using System.Collections.Immutable;
using Pomerium.Fast.Transport.Certificates;

namespace Pomerium.Fast.Transport.Tls;

public sealed record ServerTlsOptions
{
    /// <summary>Replaceable while connections run: new handshakes see the new index.</summary>
    public required CertificateStore Certificates { get; init; }

    /// <summary>Protocols offered by ALPN in order of preference, e.g. <c>http/1.1</c>.</summary>
    public ImmutableArray<string> Alpn { get; init; } = ["http/1.1"];
}

public sealed record ClientTlsOptions
{
    /// <summary>SNI, and the name or IP literal that the certificate must carry as a subject alternative name. May hold <c>*</c>.</summary>
    public required string ServerName { get; init; }
    public bool SkipVerify { get; init; }

    /// <summary>Trust roots as PEM bundles added to the system's.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> AdditionalRootsPem { get; init; } = [];

    /// <summary>When set, replaces system and additional roots.</summary>
    public ReadOnlyMemory<byte>? OnlyRootsPem { get; init; }
    public ReadOnlyMemory<byte>? ClientCertificatePem { get; init; }
    public ReadOnlyMemory<byte>? ClientKeyPem { get; init; }
    public ImmutableArray<string> Alpn { get; init; } = ["http/1.1"];
}

/// <summary>On every TLS connection: what the handshake settled.</summary>
public interface ITlsFeature
{
    /// <summary>SNI in lower case, or empty.</summary>
    string ServerName { get; }

    /// <summary><c>TLSv1.2</c> or <c>TLSv1.3</c>.</summary>
    string Protocol { get; }
    string Alpn { get; }
    bool Resumed { get; }

    /// <summary>DER of the peer's leaf, or empty.</summary>
    ReadOnlyMemory<byte> PeerCertificate { get; }
}
