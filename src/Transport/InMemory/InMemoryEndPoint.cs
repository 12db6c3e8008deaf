using System.Net;
using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Transport.InMemory;

/// <summary>
/// A place inside the process: whoever holds it listens on it or dials it. The object is the address, so two places
/// of the same name do not meet.
/// </summary>
public sealed class InMemoryEndPoint(string name) : EndPoint
{
    private InMemoryListener? _listener;

    public override string ToString() => $"in-memory:{name}";

    internal void Bind(InMemoryListener listener)
    {
        if (Interlocked.CompareExchange(ref _listener, listener, null) is not null)
        {
            throw new AddressInUseException($"{this} is already listened on");
        }
    }

    internal void Unbind(InMemoryListener listener) => Interlocked.CompareExchange(ref _listener, null, listener);

    /// <summary>A connection of which the caller's end lives on its loop; on that loop.</summary>
    internal DialResult Dial(Loop loop, DialOptions options)
    {
        if (options.Tls is not null)
        {
            return new DialResult(null, DialFailure.TlsFailed, "the in-memory transport has no TLS");
        }
        return Volatile.Read(ref _listener) is { } listener && listener.Offer(loop) is { } connection
            ? new DialResult(connection, DialFailure.None, null)
            : new DialResult(null, DialFailure.Refused, $"nobody listens on {this}");
    }
}
