namespace Pomerium.Fast.Transport.Tls;

public enum TlsStatus
{
    /// <summary>The step is complete; for reads and writes, at least one byte moved.</summary>
    Done,
    WantRead,
    WantWrite,

    /// <summary>The handshake waits for a certificate that is made off the loop; its continuation is posted.</summary>
    WantCertificate,

    /// <summary>The peer sent close_notify.</summary>
    Closed,

    /// <summary>The descriptor ended without close_notify.</summary>
    Truncated,
    Failed,
}

/// <summary>
/// One TLS connection on one non-blocking descriptor that it reads and writes itself. Loop-affine.
/// The transport waits for readiness as the status says and calls again.
/// </summary>
public abstract class TlsSession : IDisposable
{
    /// <summary>Valid after <see cref="Handshake"/> returned Done.</summary>
    public abstract ITlsFeature Facts { get; }

    /// <summary>The last read took all that the descriptor and the session held: the next byte brings an edge.</summary>
    public abstract bool IsDrained { get; }

    /// <summary>Called on the loop when a handshake that said <see cref="TlsStatus.WantCertificate"/> can go on.</summary>
    public Action? Resume { get; set; }

    /// <summary>Why the last call failed, for logs; never holds secrets.</summary>
    public abstract string FailureDetail { get; }

    /// <summary>The handshake failed since the peer's certificate was refused.</summary>
    public abstract bool FailedOnCertificate { get; }

    public abstract TlsStatus Handshake();

    public abstract TlsStatus Read(Span<byte> into, out int read);

    /// <summary>A write that wants must be repeated with the same bytes first.</summary>
    public abstract TlsStatus Write(ReadOnlySpan<byte> bytes, out int written);

    /// <summary>Sends close_notify, best effort.</summary>
    public abstract void Shutdown();

    public abstract void Dispose();
}
