using System.ComponentModel;
using System.Net;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Transport.Native;
using Pomerium.Fast.Transport.Timers;
using Pomerium.Fast.Transport.Tls;

namespace Pomerium.Fast.Transport.Epoll;

/// <summary>
/// One listening socket of one loop; every loop has its own under SO_REUSEPORT. Connections are handed out when their
/// TLS handshake is done.
/// </summary>
internal sealed class EpollListener : IConnectionListener, IEpollHandler
{
    private const int PauseMs = 100; // after a lack of descriptors (hardening 11.1)
    private readonly EpollLoop _loop;
    private readonly ListenerOptions _options;
    private readonly Queue<EpollConnection> _accepted = new();
    private readonly LoopTimer _pause;
    private TaskCompletionSource<ConnectionContext?>? _waiting;
    private int _descriptor;
    private int _reserve;
    private ulong _handle;
    private int _handshakes;
    private bool _held; // connections may wait in the backlog, and no edge will tell of them
    private bool _ended;

    private EpollListener(EpollLoop loop, ListenerOptions options, int descriptor, EndPoint endPoint)
    {
        _loop = loop;
        _options = options;
        _descriptor = descriptor;
        EndPoint = endPoint;
        _reserve = Descriptor.Open("/dev/null", 0);
        _pause = new LoopTimer("accept_pause", static l => ((EpollListener)l!).Accept(), this);
    }

    public EndPoint EndPoint { get; }

    /// <exception cref="AddressInUseException">Another process listens there.</exception>
    /// <exception cref="IOException">The address is not of this machine, or not allowed.</exception>
    public static EpollListener Open(EpollLoop loop, ListenerOptions options)
    {
        Span<byte> address = stackalloc byte[SocketAddressBytes.SizeMax];
        (int family, int length) = SocketAddressBytes.Write(options.EndPoint, address);
        int descriptor = NativeSocket.Create(family, NativeSocket.Stream | NativeSocket.NonBlockingCloseOnExec, 0);
        if (descriptor < 0)
        {
            throw Failure(options.EndPoint, Marshal.GetLastPInvokeError());
        }
        NativeSocket.SetOption(descriptor, NativeSocket.LevelSocket, NativeSocket.ReuseAddress, 1);
        // Accepted sockets inherit it.
        NativeSocket.SetOption(descriptor, NativeSocket.LevelTcp, NativeSocket.NoDelay, 1);
        if (family != SocketAddressBytes.FamilyUnix)
        {
            NativeSocket.SetOption(descriptor, NativeSocket.LevelSocket, NativeSocket.ReusePort, 1);
        }
        if (family == SocketAddressBytes.FamilyIPv6)
        {
            NativeSocket.SetOption(descriptor, NativeSocket.LevelIPv6, NativeSocket.V6Only, 0);
        }
        if (!BindAndListen(descriptor, address[..length], options.Backlog))
        {
            int error = Marshal.GetLastPInvokeError();
            Descriptor.Close(descriptor);
            throw Failure(options.EndPoint, error);
        }
        return new EpollListener(loop, options, descriptor, LocalName(descriptor, options.EndPoint));
    }

    /// <summary>Starts accepting; on the loop.</summary>
    public void Begin()
    {
        if (_descriptor >= 0)
        {
            _handle = _loop.Register(_descriptor, this);
        }
    }

    public void OnReady(uint events) => Accept();

    public void OnLoopEnded() => Close(takeWaiting: false);

    /// <summary>The next connection; null when the listener was unbound. On the loop.</summary>
    public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        if (_accepted.TryDequeue(out EpollConnection? connection))
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

    /// <summary>Takes what already waits in the backlog, then closes. From any thread.</summary>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(
            static s =>
            {
                (EpollListener listener, TaskCompletionSource done) = ((EpollListener, TaskCompletionSource))s!;
                listener.Close(takeWaiting: true);
                done.SetResult();
            },
            (this, done)
        );
        return new(done.Task);
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    private void Close(bool takeWaiting)
    {
        if (_descriptor < 0)
        {
            return;
        }
        // Closing a reuse-port socket resets its queue: accept until there is nothing (architecture 10).
        while (takeWaiting && AcceptOne()) { }
        _loop.Timers.Disarm(_pause);
        _loop.Forget(_handle);
        Descriptor.Close(_descriptor);
        Descriptor.Close(_reserve);
        _descriptor = -1;
        EndIfDone();
    }

    /// <summary>Edge-triggered: until the backlog is empty it must come back by itself.</summary>
    private void Accept()
    {
        _held = false;
        if (_descriptor < 0 || _pause.IsArmed)
        {
            return;
        }
        for (int i = 0; i < _options.AcceptsPerTurnMax; i++)
        {
            if (_handshakes >= _options.HandshakesInFlightMax)
            {
                _held = true;
                return;
            }
            if (!AcceptOne())
            {
                return;
            }
        }
        _held = true;
        _loop.Post(static l => ((EpollListener)l!).AcceptHeld(), this);
    }

    private void AcceptHeld()
    {
        if (_held)
        {
            Accept();
        }
    }

    /// <summary>False when the backlog is empty or accepting must pause.</summary>
    private unsafe bool AcceptOne()
    {
        Span<byte> address = stackalloc byte[SocketAddressBytes.SizeMax];
        int length = address.Length;
        int descriptor;
        fixed (byte* at = address)
        {
            descriptor = NativeSocket.Accept(_descriptor, at, &length, NativeSocket.NonBlockingCloseOnExec);
        }
        if (descriptor >= ProcessSettings.AcceptedDescriptorsEnd)
        {
            Descriptor.Close(descriptor);
            Shed();
            return false;
        }
        if (descriptor >= 0)
        {
            Take(descriptor, SocketAddressBytes.Read(address));
            return true;
        }
        switch (Marshal.GetLastPInvokeError())
        {
            case Errno.Intr or Errno.Aborted:
                return true;
            case Errno.NoFileInProcess or Errno.NoFileInSystem:
                Shed();
                return false;
            default:
                return false;
        }
    }

    private void Take(int descriptor, EndPoint remote)
    {
        EpollConnection connection;
        try
        {
            connection = new EpollConnection(_loop, descriptor, EndPoint, remote);
        }
        catch (Win32Exception)
        {
            // The kernel has no room for one more watch: this client sees a close.
            Descriptor.Close(descriptor);
            return;
        }
        if (_options.Tls is not { } tls)
        {
            Offer(connection);
            return;
        }
        _handshakes++;
        EpollHandshake.Start(
            connection,
            TlsEngine.CreateServer(descriptor, tls, _loop),
            _options.HandshakeTimeout,
            static (c, ok, s) => ((EpollListener)s!).OnHandshake(c, ok),
            this
        );
    }

    private void OnHandshake(EpollConnection connection, bool ok)
    {
        _handshakes--;
        if (ok)
        {
            Offer(connection);
        }
        else
        {
            // An orderly close: a reset could overtake the alert that says why.
            connection.Close();
        }
        if (_held)
        {
            _loop.Post(static l => ((EpollListener)l!).AcceptHeld(), this);
        }
        EndIfDone();
    }

    private void Offer(EpollConnection connection)
    {
        if (_waiting is { } waiting)
        {
            _waiting = null;
            waiting.SetResult(connection);
        }
        else
        {
            _accepted.Enqueue(connection);
        }
    }

    private void EndIfDone()
    {
        if (_descriptor < 0 && _handshakes == 0)
        {
            _ended = true;
            if (_waiting is { } waiting && _accepted.Count == 0)
            {
                _waiting = null;
                waiting.SetResult(null);
            }
        }
    }

    /// <summary>
    /// No descriptor is left: the reserve takes waiting clients off the backlog, who see a close and not a hang; then
    /// accepting rests for a while.
    /// </summary>
    private unsafe void Shed()
    {
        Descriptor.Close(_reserve);
        for (int i = 0; i < _options.AcceptsPerTurnMax; i++)
        {
            int shed = NativeSocket.Accept(_descriptor, null, null, NativeSocket.NonBlockingCloseOnExec);
            if (shed < 0)
            {
                break;
            }
            Descriptor.Close(shed);
        }
        _reserve = Descriptor.Open("/dev/null", 0);
        _loop.Timers.Arm(_pause, _loop.NowMs, PauseMs);
    }

    private static unsafe bool BindAndListen(int descriptor, Span<byte> address, int backlog)
    {
        fixed (byte* at = address)
        {
            return NativeSocket.Bind(descriptor, at, address.Length) >= 0
                && NativeSocket.Listen(descriptor, backlog) >= 0;
        }
    }

    private static unsafe EndPoint LocalName(int descriptor, EndPoint asked)
    {
        if (asked is not IPEndPoint)
        {
            return asked;
        }
        Span<byte> address = stackalloc byte[SocketAddressBytes.SizeMax];
        int length = address.Length;
        fixed (byte* at = address)
        {
            return NativeSocket.Name(descriptor, at, &length) < 0 ? asked : SocketAddressBytes.Read(address);
        }
    }

    private static Exception Failure(EndPoint endPoint, int error)
    {
        string text = $"cannot listen on {endPoint}: {new Win32Exception(error).Message}";
        return error == Errno.AddressInUse ? new AddressInUseException(text) : new IOException(text);
    }
}
