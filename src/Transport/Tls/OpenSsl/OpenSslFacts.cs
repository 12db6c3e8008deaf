using System.Runtime.InteropServices;
using System.Text;

namespace Pomerium.Fast.Transport.Tls.OpenSsl;

/// <summary>What a finished handshake settled, copied out so that it outlives the session.</summary>
internal sealed record OpenSslFacts(
    string ServerName,
    string Protocol,
    string Alpn,
    bool Resumed,
    ReadOnlyMemory<byte> PeerCertificate
) : ITlsFeature
{
    /// <summary>Of a session that is gone and was never asked.</summary>
    public static OpenSslFacts None { get; } = new("", "", "", false, default);

    public static unsafe OpenSslFacts Read(nint ssl)
    {
        byte* alpn;
        uint alpnLength;
        Libssl.SelectedAlpn(ssl, &alpn, &alpnLength);
        return new OpenSslFacts(
            (Marshal.PtrToStringUTF8((nint)Libssl.ServerName(ssl, 0)) ?? "").ToLowerInvariant(),
            Marshal.PtrToStringUTF8((nint)Libssl.Version(ssl)) ?? "",
            Encoding.ASCII.GetString(alpn, (int)alpnLength),
            Libssl.Reused(ssl) == 1,
            PeerDer(ssl)
        );
    }

    private static unsafe byte[] PeerDer(nint ssl)
    {
        nint certificate = Libssl.PeerCertificate(ssl);
        if (certificate == 0)
        {
            return [];
        }
        byte[] der = new byte[Libssl.EncodeCertificate(certificate, null)];
        fixed (byte* start = der)
        {
            byte* at = start;
            _ = Libssl.EncodeCertificate(certificate, &at);
        }
        Libssl.CertificateFree(certificate);
        return der;
    }
}
