using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Pomerium.Fast.Transport.Loops;
using Pomerium.Fast.Transport.Tls;
using Pomerium.Fast.Transport.Tls.Streams;

namespace Pomerium.Fast.Transport.Sockets;

/// <summary>One connect of the portable transport: TCP or Unix, then TLS where asked. What goes wrong is a value.</summary>
internal static class SocketDialer
{
    /// <summary>Completes on the loop.</summary>
    public static async Task<DialResult> DialAsync(Loop loop, DialOptions options)
    {
        Socket socket = Make(options);
        PeerVerifier? verifier = options.Tls is { } tls ? new PeerVerifier(tls) : null;
        using CancellationTokenSource timeout = new(options.ConnectTimeout);
        DialResult result;
        try
        {
            await socket.ConnectAsync(options.EndPoint, timeout.Token).ConfigureAwait(false);
            await new LoopSwitch(loop);
            SocketsConnection connection = await OpenAsync(loop, socket, options.Tls, verifier, timeout.Token)
                .ConfigureAwait(false);
            result = new DialResult(connection, DialFailure.None, null);
        }
        catch (Exception e)
            when (e is SocketException or IOException or AuthenticationException or OperationCanceledException)
        {
            socket.Dispose();
            result = new DialResult(null, Kind(e, verifier), verifier?.Refusal ?? e.Message);
        }
        await new LoopSwitch(loop);
        return result;
    }

    private static Socket Make(DialOptions options)
    {
        if (options.EndPoint is UnixDomainSocketEndPoint)
        {
            return new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        }
        return new Socket(options.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    }

    private static async Task<SocketsConnection> OpenAsync(
        Loop loop,
        Socket socket,
        ClientTlsOptions? tls,
        PeerVerifier? verifier,
        CancellationToken timeout
    )
    {
        if (tls is null)
        {
            return new SocketsConnection(loop, socket, SocketPipes.Open(loop, socket), tls: null);
        }
        TurnstileStream encrypted = new(socket);
        SslStream stream = new(encrypted);
        ITlsFeature facts = await StreamTls.ConnectAsync(stream, tls, verifier!, timeout).ConfigureAwait(false);
        await new LoopSwitch(loop);
        IDuplexPipe clear = SocketPipes.OverTls(loop, stream, encrypted);
        return new SocketsConnection(loop, socket, clear, facts);
    }

    private static DialFailure Kind(Exception e, PeerVerifier? verifier) =>
        e switch
        {
            OperationCanceledException => DialFailure.TimedOut,
            _ when verifier?.Refusal is not null => DialFailure.CertificateRefused,
            SocketException socket => socket.SocketErrorCode switch
            {
                SocketError.ConnectionRefused or SocketError.ConnectionReset => DialFailure.Refused,
                SocketError.NetworkUnreachable or SocketError.HostUnreachable => DialFailure.Unreachable,
                SocketError.TimedOut => DialFailure.TimedOut,
                SocketError.AddressNotAvailable => DialFailure.NoLocalPort,
                _ => DialFailure.Other,
            },
            _ => DialFailure.TlsFailed,
        };
}
