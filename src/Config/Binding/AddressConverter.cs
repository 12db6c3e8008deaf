using System.Buffers;
using System.Globalization;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Config.Binding;

/// <summary>A <c>host:port</c> to listen on.</summary>
internal static class AddressConverter
{
    // Names, addresses, and the zone of a link-local address.
    private static readonly SearchValues<char> HostChars = SearchValues.Create(
        "-.:%_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    );

    /// <summary>The main listener's form: a missing port is the default one.</summary>
    public static ListenAddress? Parse(string text, int defaultPort, out string cause)
    {
        cause = "";
        bool bareAddress = text.StartsWith('[') ? text.EndsWith(']') : !text.Contains(':', StringComparison.Ordinal);
        if (bareAddress)
        {
            bool isHost = IsHost(text.AsSpan().Trim("[]")) && !(text.Length > 0 && text.All(char.IsAsciiDigit));
            cause = isHost ? "" : "expected host:port";
            return cause.Length > 0 ? null : new ListenAddress(text.Trim('[', ']'), defaultPort);
        }
        return Split(text, out cause);
    }

    /// <summary>The strict form of config spec 1.8: both parts, positive port.</summary>
    public static ListenAddress? Parse(string text, out string cause)
    {
        ListenAddress? address = Split(text, out cause);
        if (address is { Port: 0 })
        {
            cause = "expected positive port number";
            return null;
        }
        return address;
    }

    private static bool IsHost(ReadOnlySpan<char> host) => host.IndexOfAnyExcept(HostChars) < 0;

    private static ListenAddress? Split(string text, out string cause)
    {
        int colon = text.LastIndexOf(':');
        ReadOnlySpan<char> host = colon < 0 ? default : text.AsSpan(0, colon);
        bool bracketed = host.StartsWith('[') && host.EndsWith(']');
        // Several colons without brackets: an IPv6 address whose port cannot be told apart.
        if (colon < 0 || (host.Contains(':') && !bracketed) || !IsHost(host.Trim("[]")))
        {
            cause = "expected host:port";
            return null;
        }
        ReadOnlySpan<char> port = text.AsSpan(colon + 1);
        if (!int.TryParse(port, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
        {
            cause = "port must be a number";
            return null;
        }
        cause = number < 0 ? "expected positive port number" : "";
        cause = number > ushort.MaxValue ? "expected a port up to 65535" : cause;
        return cause.Length > 0 ? null : new ListenAddress(host.Trim("[]").ToString(), number);
    }
}
