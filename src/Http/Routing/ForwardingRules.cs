using System.Net;
using System.Text;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Http.Routing;

/// <summary>Who the client is and which request id it has (routing 7.4).</summary>
public sealed class ForwardingRules(RequestOptions options)
{
    private const int RequestIdMax = 128;

    /// <summary>Works out client address and request id; once per request, before any handler.</summary>
    public void Apply(Exchange exchange)
    {
        exchange.ClientAddress = ClientOf(exchange);
        if (
            exchange.Request.Headers.TryGet(KnownHeader.XRequestId, out ReadOnlySpan<byte> came)
            && came.Length is > 0 and <= RequestIdMax
            && IsInternal(exchange.ClientAddress)
            && exchange.Request.Headers.IndexOf(KnownHeader.XForwardedFor) < 0
        )
        {
            exchange.RequestId.Set(came);
            return;
        }
        exchange.RequestId.Clear();
        RequestIds.Append(exchange.RequestId);
    }

    private ClientAddress ClientOf(Exchange exchange)
    {
        ClientAddress peer = exchange.Downstream.PeerAddress;
        if (options.XffTrustedHops == 0)
        {
            return peer;
        }
        int at = exchange.Request.Headers.IndexOf(KnownHeader.XForwardedFor);
        if (at < 0)
        {
            return peer;
        }
        // N trusted proxies: the N-th element from the right is the client that the first of them saw.
        ReadOnlySpan<byte> rest = exchange.Request.Headers.Value(at);
        ReadOnlySpan<byte> element = default;
        for (uint hop = 0; hop < options.XffTrustedHops; hop++)
        {
            if (hop > 0 && rest.IsEmpty)
            {
                return peer;
            }
            int comma = rest.LastIndexOf((byte)',');
            element = rest[(comma + 1)..].Trim(" \t"u8);
            rest = comma < 0 ? default : rest[..comma];
        }
        Span<char> text = stackalloc char[46];
        return
            element.Length is > 0 and <= 45
            && IPAddress.TryParse(text[..Encoding.Latin1.GetChars(element, text)], out IPAddress? address)
            ? ClientAddress.From(address)
            : peer;
    }

    private static bool IsInternal(ClientAddress address)
    {
        if (!address.IsIPv4)
        {
            return (address.High == 0 && address.Low == 1) || address.High >> 56 == 0xFD;
        }
        uint v4 = (uint)address.Low;
        return v4 == 0x7F000001 || v4 >> 24 == 10 || v4 >> 20 == 0xAC1 || v4 >> 16 == 0xC0A8;
    }
}
