using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Transport.Loops;
using Pomerium.Fast.Transport.Tls;
using Pomerium.Fast.Transport.Tls.Streams;

namespace Pomerium.Fast.Transport.Sockets;

/// <summary>A listening socket of the portable transport. Connections are handed out when their handshake is done.</summary>
internal sealed class SocketListener : IConnectionListener
{
    private const int PauseMs = 100; // after a lack of descriptors (hardening 11.1)
    private readonly Loop _loop;
    private readonly ListenerOptions _options;
    private readonly Socket _socket;
    private readonly SemaphoreSlim _handshakes;
    private readonly Queue<SocketsConnection> _accepted = new();
    private TaskCompletionSource<ConnectionContext?>? _waiting;
    private bool _ended;

    private SocketListener(Loop loop, ListenerOptions options, Socket socket)
    {
        _loop = loop;
        _options = options;
        _socket = socket;
        _handshakes = new SemaphoreSlim(options.HandshakesInFlightMax);
        EndPoint = socket.LocalEndPoint!;
    }

    public EndPoint EndPoint { get; }

    /// <exception cref="AddressInUseException">Somebody listens there.</exception>
    /// <exception cref="IOException">The address is not of this machine, or not allowed.</exception>
    public static SocketListener Open(Loop loop, ListenerOptions options)
    {
        bool unix = options.EndPoint is UnixDomainSocketEndPoint;
        Socket socket = new(
            options.EndPoint.AddressFamily,
            SocketType.Stream,
            unix ? ProtocolType.Unspecified : ProtocolType.Tcp
        );
        try
        {
            if (options.EndPoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = true;
            }
            socket.Bind(options.EndPoint);
            socket.Listen(options.Backlog);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            string text = $"cannot listen on {options.EndPoint}: {e.Message}";
            throw e.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? new AddressInUseException(text, e)
                : new IOException(text, e);
        }
        SocketListener listener = new(loop, options, socket);
        _ = listener.RunAsync();
        return listener;
    }

    public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        _loop.AssertCurrent();
        if (_accepted.TryDequeue(out SocketsConnection? connection))
        {
            return new(connection);
        }
        if (_ended)
        {
            return new((ConnectionContext?)null);
        }
        _waiting = new TaskCompletionSource<ConnectionContext?>();
        return new(_waiting.Task);
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _socket.Dispose();
        _loop.Post(
            static s =>
            {
                SocketListener self = (SocketListener)s!;
                self._ended = true;
                self.Hand(null);
            },
            this
        );
        return default;
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    private async Task RunAsync()
    {
        while (true)
        {
            try
            {
                await _handshakes.WaitAsync().ConfigureAwait(false);
                Socket accepted = await _socket.AcceptAsync().ConfigureAwait(false);
                _ = TakeAsync(accepted);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.TooManyOpenSockets)
            {
                _handshakes.Release();
                await Task.Delay(PauseMs).ConfigureAwait(false);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
            {
                _handshakes.Release();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task TakeAsync(Socket accepted)
    {
        try
        {
            await new LoopSwitch(_loop);
            SocketsConnection connection = await OpenAsync(accepted).ConfigureAwait(false);
            await new LoopSwitch(_loop);
            Hand(connection);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The peer's fault: its connection ends, nobody else is told.
            accepted.Dispose();
        }
        finally
        {
            _handshakes.Release();
        }
    }

    private async Task<SocketsConnection> OpenAsync(Socket accepted)
    {
        if (_options.EndPoint is not UnixDomainSocketEndPoint)
        {
            accepted.NoDelay = true;
        }
        if (_options.Tls is not { } tls)
        {
            return new SocketsConnection(_loop, accepted, SocketPipes.Open(_loop, accepted), tls: null);
        }
        using CancellationTokenSource timeout = new(_options.HandshakeTimeout);
        TurnstileStream encrypted = new(accepted);
        SslStream stream = new(encrypted);
        ITlsFeature facts = await StreamTls.AcceptAsync(stream, tls, timeout.Token).ConfigureAwait(false);
        await new LoopSwitch(_loop);
        IDuplexPipe clear = SocketPipes.OverTls(_loop, stream, encrypted);
        return new SocketsConnection(_loop, accepted, clear, facts);
    }

    private void Hand(SocketsConnection? connection)
    {
        if (_waiting is { } waiting)
        {
            _waiting = null;
            waiting.SetResult(connection);
        }
        else if (connection is not null)
        {
            _accepted.Enqueue(connection);
        }
    }
}
