using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Transport.Tls;

/// <summary>Makes TLS sessions on descriptors: the seam between the epoll transport and OpenSSL.</summary>
public static class TlsEngine
{
    public static TlsSession CreateServer(int descriptor, ServerTlsOptions options, Loop loop) =>
        OpenSsl.OpenSslSession.Server(descriptor, options, loop);

    public static TlsSession CreateClient(int descriptor, ClientTlsOptions options, Loop loop) =>
        OpenSsl.OpenSslSession.Client(descriptor, options, loop);
}
