using System.Buffers;

namespace Pomerium.Fast.Http.Routing;

/// <summary>What a Host header or an authority may look like: a name or address, and a decimal port (hardening 3.2).</summary>
public static class AuthorityRules
{
    private const int AuthorityMax = 261; // 255 of a name, a colon, five digits

    private static readonly SearchValues<byte> HostBytes = SearchValues.Create(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._~"u8
    );

    private static readonly SearchValues<byte> AddressBytes = SearchValues.Create("0123456789abcdefABCDEF:."u8);

    /// <summary>Of a URL: host in lower case, brackets around IPv6, the port when it is not the scheme's own.</summary>
    public static string Of(Uri url)
    {
        string host =
            url.HostNameType == UriHostNameType.IPv6 ? $"[{url.DnsSafeHost}]" : url.IdnHost.ToLowerInvariant();
        return url.IsDefaultPort ? host : $"{host}:{url.Port}";
    }

    public static bool IsValid(ReadOnlySpan<byte> authority)
    {
        if (authority.Length is 0 or > AuthorityMax)
        {
            return false;
        }
        ReadOnlySpan<byte> host = HostOf(authority, out ReadOnlySpan<byte> port, out bool hasPort);
        if (hasPort && !IsPort(port))
        {
            return false;
        }
        if (host.Length > 2 && host[0] == '[' && host[^1] == ']')
        {
            return !host[1..^1].ContainsAnyExcept(AddressBytes);
        }
        return !host.IsEmpty && !host.ContainsAnyExcept(HostBytes);
    }

    /// <summary>The host without its port; IPv6 keeps its brackets.</summary>
    public static ReadOnlySpan<byte> HostOf(ReadOnlySpan<byte> authority, out ReadOnlySpan<byte> port, out bool hasPort)
    {
        int colon = authority.LastIndexOf((byte)':');
        hasPort = colon >= 0 && authority[colon..].IndexOf((byte)']') < 0;
        port = hasPort ? authority[(colon + 1)..] : default;
        return hasPort ? authority[..colon] : authority;
    }

    private static bool IsPort(ReadOnlySpan<byte> port)
    {
        int value = 0;
        foreach (byte b in port)
        {
            if (b is < (byte)'0' or > (byte)'9')
            {
                return false;
            }
            value = (value * 10) + (b - '0');
            if (value > ushort.MaxValue)
            {
                return false;
            }
        }
        return port.Length is > 0 and <= 5;
    }
}
