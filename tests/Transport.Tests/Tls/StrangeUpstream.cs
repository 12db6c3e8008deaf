using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Pomerium.Fast.Transport.Certificates;

namespace Pomerium.Fast.Transport.Tls;

/// <summary>A TLS server that is not ours: it shows one certificate, whatever name is asked for.</summary>
internal sealed class StrangeUpstream : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public StrangeUpstream(CertificateSource certificate, bool asksForCertificate = false)
    {
        _listener.Start();
        ClientName = ServeAsync(certificate, asksForCertificate);
    }

    public EndPoint EndPoint => _listener.LocalEndpoint;

    /// <summary>First name of the client's certificate, once a handshake is done.</summary>
    public Task<string> ClientName { get; }

    public void Dispose() => _listener.Dispose();

    private async Task<string> ServeAsync(CertificateSource source, bool asksForCertificate)
    {
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(
            Encoding.ASCII.GetString(source.CertificatePem.Span),
            Encoding.ASCII.GetString(source.KeyPem.Span)
        );
        TcpClient accepted = await _listener.AcceptTcpClientAsync();
        SslStream stream = new(accepted.GetStream());
        await stream.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ClientCertificateRequired = asksForCertificate,
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
                ApplicationProtocols = [SslApplicationProtocol.Http11],
            }
        );
        return stream.RemoteCertificate is X509Certificate2 client ? CertificateNames.Of(client)[0] : "";
    }
}
