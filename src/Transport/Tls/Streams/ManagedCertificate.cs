using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Pomerium.Fast.Transport.Tls.Streams;

/// <summary>A certificate with its chain and key in the form that SslStream takes.</summary>
internal static class ManagedCertificate
{
    public static SslStreamCertificateContext Load(ReadOnlySpan<byte> certificatePem, ReadOnlySpan<byte> keyPem)
    {
        X509Certificate2Collection chain = [];
        chain.ImportFromPem(Encoding.ASCII.GetString(certificatePem));
        chain.RemoveAt(0);
        return SslStreamCertificateContext.Create(LoadPair(certificatePem, keyPem), chain, offline: true);
    }

    public static X509Certificate2 LoadPair(ReadOnlySpan<byte> certificatePem, ReadOnlySpan<byte> keyPem)
    {
        X509Certificate2 pair = X509Certificate2.CreateFromPem(
            Encoding.ASCII.GetString(certificatePem),
            Encoding.ASCII.GetString(keyPem)
        );
        if (!OperatingSystem.IsWindows())
        {
            return pair;
        }
        // Windows does TLS in another process, which cannot see a key that lives only here.
        using (pair)
        {
            return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
        }
    }
}
