using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pomerium.Fast.Transport.Native;

/// <summary>struct sockaddr_in, sockaddr_in6 and sockaddr_un to end points and back.</summary>
internal static class SocketAddressBytes
{
    public const int SizeMax = 110; // sockaddr_un
    public const int FamilyUnix = 1;
    public const int FamilyIPv4 = 2;
    public const int FamilyIPv6 = 10;

    /// <summary>Writes the address; returns its family and length.</summary>
    public static (int Family, int Length) Write(EndPoint endPoint, Span<byte> into)
    {
        into.Clear();
        if (endPoint is UnixDomainSocketEndPoint unix)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(into, FamilyUnix);
            int bytes = Encoding.UTF8.GetBytes(unix.ToString(), into[2..^1]);
            return (FamilyUnix, 2 + bytes + 1);
        }
        IPEndPoint ip = (IPEndPoint)endPoint;
        bool v6 = ip.AddressFamily == AddressFamily.InterNetworkV6;
        BinaryPrimitives.WriteUInt16LittleEndian(into, (ushort)(v6 ? FamilyIPv6 : FamilyIPv4));
        BinaryPrimitives.WriteUInt16BigEndian(into[2..], (ushort)ip.Port);
        ip.Address.TryWriteBytes(v6 ? into[8..] : into[4..], out _);
        if (v6)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(into[24..], (uint)ip.Address.ScopeId);
        }
        return v6 ? (FamilyIPv6, 28) : (FamilyIPv4, 16);
    }

    public static EndPoint Read(ReadOnlySpan<byte> address)
    {
        switch (BinaryPrimitives.ReadUInt16LittleEndian(address))
        {
            case FamilyIPv4:
                return new IPEndPoint(
                    new IPAddress(address.Slice(4, 4)),
                    BinaryPrimitives.ReadUInt16BigEndian(address[2..])
                );
            case FamilyIPv6:
                IPAddress v6 = new(address.Slice(8, 16));
                return new IPEndPoint(
                    v6.IsIPv4MappedToIPv6 ? v6.MapToIPv4() : v6,
                    BinaryPrimitives.ReadUInt16BigEndian(address[2..])
                );
            default:
                // A client of a Unix socket has no name; the loopback address stands for "this machine".
                return new IPEndPoint(IPAddress.Loopback, 0);
        }
    }
}
