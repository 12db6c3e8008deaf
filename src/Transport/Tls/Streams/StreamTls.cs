using System.Net.Security;
using System.Security.Authentication;
using System.Text;

namespace Pomerium.Fast.Transport.Tls.Streams;

/// <summary>Handshakes of the portable transport, by SslStream, with the same options as the OpenSSL engine.</summary>
internal static class StreamTls
{
    private const SslProtocols Versions = SslProtocols.Tls12 | SslProtocols.Tls13;

    public static async Task<ITlsFeature> AcceptAsync(
        SslStream stream,
        ServerTlsOptions options,
        CancellationToken cancellationToken
    )
    {
        string name = "";
        await stream
            .AuthenticateAsServerAsync(
                (_, hello, _, _) =>
                {
                    name = hello.ServerName;
                    return new(ServerOptions(options, name));
                },
                state: null,
                cancellationToken
            )
            .ConfigureAwait(false);
        return Facts(stream, name);
    }

    public static async Task<ITlsFeature> ConnectAsync(
        SslStream stream,
        ClientTlsOptions options,
        PeerVerifier verifier,
        CancellationToken cancellationToken
    )
    {
        string name = options.ServerName.Replace("*", "example", StringComparison.Ordinal);
        SslClientAuthenticationOptions client = new()
        {
            TargetHost = name,
            EnabledSslProtocols = Versions,
            AllowRenegotiation = false,
            ApplicationProtocols = Protocols(options.Alpn),
            RemoteCertificateValidationCallback = verifier.Accept,
        };
        if (options.ClientCertificatePem is { } certificate && options.ClientKeyPem is { } key)
        {
            client.ClientCertificateContext = ManagedCertificate.Load(certificate.Span, key.Span);
        }
        await stream.AuthenticateAsClientAsync(client, cancellationToken).ConfigureAwait(false);
        return Facts(stream, name);
    }

    private static SslServerAuthenticationOptions ServerOptions(ServerTlsOptions options, string name) =>
        new()
        {
            // One certificate a connection here: the elliptic one comes first.
            ServerCertificateContext = options.Certificates.Current.Select(Encoding.ASCII.GetBytes(name))[0].Managed,
            EnabledSslProtocols = Versions,
            AllowRenegotiation = false,
            ApplicationProtocols = Protocols(options.Alpn),
        };

    private static List<SslApplicationProtocol> Protocols(IEnumerable<string> names) =>
        [.. names.Select(static n => new SslApplicationProtocol(n))];

    private static StreamTlsFacts Facts(SslStream stream, string name) =>
        new(
            name.ToLowerInvariant(),
            stream.SslProtocol == SslProtocols.Tls13 ? "TLSv1.3" : "TLSv1.2",
            Encoding.ASCII.GetString(stream.NegotiatedApplicationProtocol.Protocol.Span),
            stream.RemoteCertificate?.GetRawCertData() ?? []
        );
}

internal sealed record StreamTlsFacts(
    string ServerName,
    string Protocol,
    string Alpn,
    ReadOnlyMemory<byte> PeerCertificate
) : ITlsFeature
{
    /// <summary>SslStream does not say.</summary>
    public bool Resumed => false;
}
