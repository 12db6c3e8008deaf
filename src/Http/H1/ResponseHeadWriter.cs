using System.Text;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Proxy;
using Pomerium.Fast.Http.Routing;

namespace Pomerium.Fast.Http.H1;

/// <summary>
/// Composes the head that goes to the client (hardening 5.2, routing 7.6): hop-by-hop fields go, then configured
/// fields overwrite, then rewrites see both, then come what handlers and the proxy say.
/// </summary>
internal static class ResponseHeadWriter
{
    /// <summary>Where the answer comes from decides what it may say.</summary>
    public enum Origin : byte
    {
        Upstream,

        /// <summary>The control plane: may set the session cookie and mark the answer as intercepted.</summary>
        ControlPlane,

        /// <summary>Made by a handler or from the failure table.</summary>
        Local,
    }

    /// <param name="close">Announce the end of the connection.</param>
    public static void Write(Exchange exchange, Origin origin, bool close, DateText date, ByteBuffer into)
    {
        ResponseHead response = exchange.Response;
        into.Clear();
        into.Append(StatusText.Line(response.Status));
        ResponseHeaderSet set = SetOf(exchange);
        WriteFields(exchange, origin, set, into);
        WriteSet(exchange, origin, set, into);
        foreach (byte[] cookie in exchange.ResponseCookies)
        {
            into.Append("Set-Cookie: "u8);
            into.Append(cookie);
            into.Append("\r\n"u8);
        }
        if (response.Headers.IndexOf(KnownHeader.Date) < 0 && !set.HasDate)
        {
            into.Append("Date: "u8);
            into.Append(date.At(exchange.Loop.UnixMs));
            into.Append("\r\n"u8);
        }
        into.Append(set.HasServer ? "X-Request-Id: "u8 : "Server: pomerium\r\nX-Request-Id: "u8);
        into.Append(exchange.RequestId.Span);
        WriteFraming(exchange, into);
        into.Append(close ? "Connection: close\r\n\r\n"u8 : "\r\n"u8);
    }

    /// <summary>102 and 103: fields of the upstream, none of ours.</summary>
    public static void WriteInformational(ResponseHead response, ByteBuffer into)
    {
        into.Clear();
        into.Append(StatusText.Line(response.Status));
        HeaderBlock headers = response.Headers;
        bool nominates = headers.IndexOf(KnownHeader.Connection) >= 0;
        for (int i = 0; i < headers.Count; i++)
        {
            ReadOnlySpan<byte> name = headers.Name(i);
            if (
                !IsHopByHop(headers.Known(i))
                && headers.Known(i) is not (KnownHeader.SetCookie or KnownHeader.ContentLength)
                && !Connections.Nominates(headers, nominates, name)
            )
            {
                WriteField(name, headers.Value(i), into);
            }
        }
        into.Append("\r\n"u8);
    }

    /// <summary>101: what the upstream answered, and the upgrade itself.</summary>
    public static void WriteSwitching(Exchange exchange, DateText date, ByteBuffer into)
    {
        exchange.Response.Headers.TryGet(KnownHeader.Upgrade, out ReadOnlySpan<byte> token);
        Write(exchange, Origin.Upstream, close: false, date, into);
        into.Truncate(into.Length - 2);
        into.Append("Connection: Upgrade\r\nUpgrade: "u8);
        into.Append(token);
        into.Append("\r\n\r\n"u8);
    }

    private static ResponseHeaderSet SetOf(Exchange exchange) =>
        exchange.Route is { } route ? route.Headers.ResponseSet : exchange.Pipeline.ResponseSet;

    private static void WriteFields(Exchange exchange, Origin origin, ResponseHeaderSet set, ByteBuffer into)
    {
        HeaderBlock headers = exchange.Response.Headers;
        bool nominates = origin != Origin.Local && headers.IndexOf(KnownHeader.Connection) >= 0;
        for (int i = 0; i < headers.Count; i++)
        {
            ReadOnlySpan<byte> name = headers.Name(i);
            KnownHeader known = headers.Known(i);
            if (
                IsHopByHop(known)
                || known is KnownHeader.ContentLength or KnownHeader.Server or KnownHeader.XRequestId
                || set.Contains(name)
                || Connections.Nominates(headers, nominates, name)
                || (origin == Origin.Upstream && IsForbidden(exchange, known, name, headers.Value(i)))
            )
            {
                continue;
            }
            WriteRewritten(exchange, origin, name, headers.Value(i), into);
        }
    }

    private static void WriteSet(Exchange exchange, Origin origin, ResponseHeaderSet set, ByteBuffer into)
    {
        for (int i = 0; i < set.Names.Length; i++)
        {
            WriteRewritten(exchange, origin, set.Names[i], set.Values[i], into);
        }
    }

    /// <summary>An upstream can touch no cookie of ours and cannot pose as us.</summary>
    private static bool IsForbidden(
        Exchange exchange,
        KnownHeader known,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> value
    ) =>
        known == KnownHeader.SetCookie
            ? exchange.Pipeline.Cookies.TouchesOurs(value)
            : known == KnownHeader.Other && Ascii.EqualsIgnoreCase(name, "x-pomerium-intercepted-response"u8);

    private static void WriteRewritten(
        Exchange exchange,
        Origin origin,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> value,
        ByteBuffer into
    )
    {
        into.Append(name);
        into.Append(": "u8);
        int start = into.Length;
        into.Append(value);
        if (origin == Origin.Upstream && exchange.Route is { } route)
        {
            foreach ((byte[] header, byte[] prefix, byte[] replacement) in route.Headers.ResponseRewrites)
            {
                if (Ascii.EqualsIgnoreCase(header, name) && into.Span[start..].StartsWith(prefix))
                {
                    into.Replace(start, prefix.Length, replacement);
                }
            }
        }
        into.Append("\r\n"u8);
    }

    private static bool IsHopByHop(KnownHeader known) =>
        known
            is KnownHeader.Connection
                or KnownHeader.KeepAlive
                or KnownHeader.ProxyConnection
                or KnownHeader.Te
                or KnownHeader.Trailer
                or KnownHeader.TransferEncoding
                or KnownHeader.Upgrade;

    /// <summary>Ends the line of the request id first.</summary>
    private static void WriteFraming(Exchange exchange, ByteBuffer into)
    {
        ResponseHead response = exchange.Response;
        switch (response.Body)
        {
            case BodyKind.Chunked or BodyKind.UntilClose:
                into.Append("\r\nTransfer-Encoding: chunked\r\n"u8);
                break;
            case BodyKind.None when response.Status is < 200 or 204:
            case BodyKind.None
                when (exchange.Request.IsHead || response.Status == 304)
                    && response.Headers.IndexOf(KnownHeader.ContentLength) < 0:
                into.Append("\r\n"u8);
                break;
            default:
                into.Append("\r\nContent-Length: "u8);
                DecimalText.Append(response.ContentLength, into);
                into.Append("\r\n"u8);
                break;
        }
    }

    private static void WriteField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ByteBuffer into)
    {
        into.Append(name);
        into.Append(": "u8);
        into.Append(value);
        into.Append("\r\n"u8);
    }
}
