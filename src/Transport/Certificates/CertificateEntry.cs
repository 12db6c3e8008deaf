using System.Net.Security;
using Pomerium.Fast.Transport.Tls.OpenSsl;
using Pomerium.Fast.Transport.Tls.Streams;

namespace Pomerium.Fast.Transport.Certificates;

/// <summary>One served certificate. The native form is made at its first handshake: an unused one costs its PEM only.</summary>
public sealed class CertificateEntry(ReadOnlyMemory<byte> certificatePem, ReadOnlyMemory<byte> keyPem)
{
    private readonly Lazy<NativeCertificate> _native = new(
        () => NativeCertificate.Load(certificatePem.Span, keyPem.Span),
        LazyThreadSafetyMode.ExecutionAndPublication
    );

    private readonly Lazy<SslStreamCertificateContext> _managed = new(
        () => ManagedCertificate.Load(certificatePem.Span, keyPem.Span),
        LazyThreadSafetyMode.ExecutionAndPublication
    );

    public ReadOnlyMemory<byte> CertificatePem => certificatePem;
    public ReadOnlyMemory<byte> KeyPem => keyPem;
    internal NativeCertificate Native => _native.Value;
    internal SslStreamCertificateContext Managed => _managed.Value;
}
