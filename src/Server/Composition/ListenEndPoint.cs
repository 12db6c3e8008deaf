using System.Net;
using System.Net.Sockets;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Server.Composition;

/// <summary>From a configured address to something to bind: no host means every interface, IPv6 and IPv4.</summary>
internal static class ListenEndPoint
{
    /// <exception cref="IOException">The host has no address.</exception>
    public static async Task<EndPoint> OfAsync(ListenAddress address, CancellationToken cancellation)
    {
        if (address.Host.Length == 0)
        {
            return new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, address.Port);
        }
        if (IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? literal))
        {
            return new IPEndPoint(literal, address.Port);
        }
        try
        {
            IPAddress[] found = await Dns.GetHostAddressesAsync(address.Host, cancellation);
            IPAddress? first =
                found.FirstOrDefault(static a => a.AddressFamily == AddressFamily.InterNetwork)
                ?? found.FirstOrDefault();
            return first is null
                ? throw new IOException($"cannot listen on {address}: {address.Host} has no address")
                : new IPEndPoint(first, address.Port);
        }
        catch (SocketException e)
        {
            throw new IOException($"cannot listen on {address}: {address.Host}: {e.Message}", e);
        }
    }
}
