using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Transport.Epoll;
using Pomerium.Fast.Transport.InMemory;
using Pomerium.Fast.Transport.Native;

namespace Pomerium.Fast.Transport.Loops;

public enum TransportKind
{
    /// <summary>Epoll on Linux, sockets elsewhere or when <c>POMERIUM_FAST_TRANSPORT=sockets</c>.</summary>
    Automatic,
    Epoll,
    Sockets,
}

/// <summary>The loops of the process: started together, ended together.</summary>
public sealed class LoopGroup : IDisposable
{
    public const string KindVariable = "POMERIUM_FAST_TRANSPORT";
    private readonly Loop[] _loops;

    private LoopGroup(Loop[] loops) => _loops = loops;

    public IReadOnlyList<Loop> Loops => _loops;

    public TransportKind Kind { get; private init; }

    /// <summary>Descriptors that the process may open; hardening 11.1 wants a warning below 4096. 0 where it cannot be told.</summary>
    public long OpenFilesMax { get; private init; }

    public static LoopGroup Start(int count, TransportKind kind = TransportKind.Automatic)
    {
        kind = Choose(kind);
        bool epoll = kind == TransportKind.Epoll;
        if (epoll)
        {
            ProcessSettings.IgnoreBrokenPipe();
        }
        return new LoopGroup([.. Enumerable.Range(0, count).Select(i => StartLoop(i, epoll))])
        {
            Kind = kind,
            OpenFilesMax = epoll ? ProcessSettings.RaiseOpenFiles() : 0,
        };
    }

    /// <summary>
    /// One listener on each loop that can have one, all on the same address; port 0 takes a free one. Fails when
    /// anybody listens there already, this program included.
    /// </summary>
    /// <exception cref="AddressInUseException">Somebody listens there.</exception>
    /// <exception cref="IOException">The address is not of this machine, or not allowed.</exception>
    public async Task<IReadOnlyList<IConnectionListener>> ListenAsync(
        ListenerOptions options,
        CancellationToken cancellationToken = default
    )
    {
        if (options.EndPoint is IPEndPoint { Port: not 0 } address)
        {
            RefuseIfTaken(address);
        }
        List<IConnectionListener> listeners = [];
        foreach (Loop loop in _loops)
        {
            IConnectionListener listener = await loop.ListenAsync(options, cancellationToken).ConfigureAwait(false);
            listeners.Add(listener);
            options = options with { EndPoint = listener.EndPoint };
            if (Kind == TransportKind.Sockets || options.EndPoint is UnixDomainSocketEndPoint or InMemoryEndPoint)
            {
                // Only SO_REUSEPORT lets several loops share an address.
                break;
            }
        }
        return listeners;
    }

    public void Dispose()
    {
        foreach (Loop loop in _loops)
        {
            ((IDisposable)loop).Dispose();
        }
    }

    private static TransportKind Choose(TransportKind kind)
    {
        if (kind != TransportKind.Automatic)
        {
            return kind;
        }
        bool asked = string.Equals(
            Environment.GetEnvironmentVariable(KindVariable),
            "sockets",
            StringComparison.OrdinalIgnoreCase
        );
        return OperatingSystem.IsLinux() && !asked ? TransportKind.Epoll : TransportKind.Sockets;
    }

    private static EpollLoop StartLoop(int index, bool epoll)
    {
        EpollLoop loop = new(index);
        loop.Start();
        return loop;
    }

    /// <summary>SO_REUSEPORT would let a second program of the same user take half of the connections in silence.</summary>
    private static void RefuseIfTaken(IPEndPoint address)
    {
        using Socket probe = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            probe.DualMode = true;
        }
        try
        {
            probe.Bind(address);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException($"cannot listen on {address}: {e.Message}", e);
        }
        catch (SocketException e)
        {
            throw new IOException($"cannot listen on {address}: {e.Message}", e);
        }
    }
}
