using System.Text;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.Http.Routing;

namespace Pomerium.Fast.Http.Proxy;

/// <summary>
/// Composes the head that goes upstream from the parsed request, never by copying it through. Order (hardening 5.1):
/// hop-by-hop and nominated fields go, then what a client may not say, then comes what the proxy says.
/// </summary>
internal static class RequestHeadWriter
{
    /// <summary>False when a rewrite made a path that must not be sent.</summary>
    public static bool TryWrite(Exchange exchange, ReadOnlySpan<byte> endpointHost, bool upgrade, ByteBuffer into)
    {
        RequestHead request = exchange.Request;
        Route route = exchange.Route!;
        into.Clear();
        into.Append(request.Method);
        into.Append(" "u8);
        if (!route.Rewrite.TryWritePath(request.Path, route.Matcher, into))
        {
            return false;
        }
        WriteQuery(exchange, into);
        into.Append(" HTTP/1.1\r\nHost: "u8);
        bool hostReplaced = route.Rewrite.WriteHost(request, endpointHost, into);
        into.Append("\r\n"u8);
        WriteClientFields(exchange, route, into);
        WriteForwarding(exchange, route, hostReplaced, into);
        foreach ((byte[] name, HeaderTemplate value) in route.Headers.Set)
        {
            if (!Ascii.EqualsIgnoreCase(name, "host"u8))
            {
                int start = WriteName(name, into);
                value.Write(exchange, into);
                Sanitize(into.Mutable[start..]);
                into.Append("\r\n"u8);
            }
        }
        for (int i = 0; i < exchange.Edits.BlockCount; i++)
        {
            into.Append(exchange.Edits.Block(i).Lines);
        }
        if (!upgrade && Connections.AcceptsTrailers(request.Headers))
        {
            into.Append("TE: trailers\r\nConnection: TE\r\n"u8);
        }
        WriteFraming(request, upgrade, into);
        into.Append("\r\n"u8);
        return true;
    }

    private static void WriteQuery(Exchange exchange, ByteBuffer into)
    {
        RequestHead request = exchange.Request;
        if (!request.HasQuery)
        {
            return;
        }
        if (!exchange.Edits.CutSessionParameter)
        {
            into.Append("?"u8);
            into.Append(request.Query);
            return;
        }
        byte separator = (byte)'?';
        foreach (Range part in request.Query.Split((byte)'&'))
        {
            ReadOnlySpan<byte> parameter = request.Query[part];
            if (!parameter.StartsWith("pomerium_session="u8))
            {
                into.Append([separator]);
                into.Append(parameter);
                separator = (byte)'&';
            }
        }
    }

    private static void WriteClientFields(Exchange exchange, Route route, ByteBuffer into)
    {
        HeaderBlock headers = exchange.Request.Headers;
        HttpPipeline pipeline = exchange.Pipeline;
        bool nominates = headers.IndexOf(KnownHeader.Connection) >= 0;
        for (int i = 0; i < headers.Count; i++)
        {
            ReadOnlySpan<byte> name = headers.Name(i);
            switch (headers.Known(i))
            {
                case KnownHeader.Connection
                or KnownHeader.KeepAlive
                or KnownHeader.ProxyConnection
                or KnownHeader.Te
                or KnownHeader.TransferEncoding
                or KnownHeader.ContentLength
                or KnownHeader.Upgrade
                or KnownHeader.Host
                or KnownHeader.Expect
                or KnownHeader.XForwardedFor
                or KnownHeader.XForwardedHost
                or KnownHeader.XForwardedProto
                or KnownHeader.XRequestId
                or KnownHeader.XPomeriumAuthorization:
                    continue;
                case KnownHeader.Authorization when exchange.Edits.DropAuthorization:
                    continue;
                case KnownHeader.Cookie:
                    WriteCookie(pipeline.Cookies, headers.Value(i), into);
                    continue;
                case KnownHeader.Other or KnownHeader.Forwarded when pipeline.Forbidden.Contains(name):
                    continue;
                default:
                    break;
            }
            if (Connections.Nominates(headers, nominates, name) || IsEdited(route.Headers, name))
            {
                continue;
            }
            WriteName(name, into);
            into.Append(headers.Value(i));
            into.Append("\r\n"u8);
        }
    }

    private static void WriteCookie(CookieCutter cutter, ReadOnlySpan<byte> cookies, ByteBuffer into)
    {
        int line = into.Length;
        into.Append("Cookie: "u8);
        int value = into.Length;
        cutter.WriteRest(cookies, into);
        if (into.Length == value)
        {
            into.Truncate(line);
        }
        else
        {
            into.Append("\r\n"u8);
        }
    }

    private static bool IsEdited(RouteHeaders edits, ReadOnlySpan<byte> name)
    {
        foreach (byte[] removed in edits.Removed)
        {
            if (Ascii.EqualsIgnoreCase(removed, name))
            {
                return true;
            }
        }
        foreach ((byte[] set, _) in edits.Set)
        {
            if (Ascii.EqualsIgnoreCase(set, name))
            {
                return true;
            }
        }
        return false;
    }

    private static void WriteForwarding(Exchange exchange, Route route, bool hostReplaced, ByteBuffer into)
    {
        HeaderBlock headers = exchange.Request.Headers;
        RequestOptions options = exchange.Pipeline.Snapshot.Requests;
        WriteList(headers, KnownHeader.XForwardedFor, "X-Forwarded-For: "u8, into, out int listed);
        if (!options.SkipXffAppend)
        {
            into.Append(listed > 0 ? ","u8 : "X-Forwarded-For: "u8);
            Span<byte> text = stackalloc byte[46];
            exchange.Downstream.PeerAddress.TryFormat(text, out int written);
            into.Append(text[..written]);
            listed++;
        }
        into.Append(listed > 0 ? "\r\n"u8 : default);
        bool https = exchange.Downstream.Tls is not null;
        if (options.XffTrustedHops > 0 && headers.TryGet(KnownHeader.XForwardedProto, out ReadOnlySpan<byte> proto))
        {
            into.Append("X-Forwarded-Proto: "u8);
            into.Append(proto);
            into.Append("\r\n"u8);
        }
        else
        {
            into.Append(https ? "X-Forwarded-Proto: https\r\n"u8 : "X-Forwarded-Proto: http\r\n"u8);
        }
        if (!route.Headers.RemovesForwardedHost)
        {
            WriteForwardedHost(exchange.Request, hostReplaced, into);
        }
        into.Append("X-Request-Id: "u8);
        into.Append(exchange.RequestId.Span);
        into.Append("\r\n"u8);
    }

    private static void WriteForwardedHost(RequestHead request, bool hostReplaced, ByteBuffer into)
    {
        int start = into.Length;
        WriteList(request.Headers, KnownHeader.XForwardedHost, "X-Forwarded-Host: "u8, into, out int listed);
        ReadOnlySpan<byte> present = into.Span[start..];
        ReadOnlySpan<byte> last = present[(present.LastIndexOfAny(", "u8) + 1)..];
        if (hostReplaced && !(listed > 0 && last.SequenceEqual(request.Authority)))
        {
            into.Append(listed > 0 ? ","u8 : "X-Forwarded-Host: "u8);
            into.Append(request.Authority);
            listed++;
        }
        into.Append(listed > 0 ? "\r\n"u8 : default);
    }

    /// <summary>Every line of a list header as one, without the line end; nothing when there is none.</summary>
    private static void WriteList(
        HeaderBlock headers,
        KnownHeader which,
        ReadOnlySpan<byte> name,
        ByteBuffer into,
        out int count
    )
    {
        count = 0;
        for (int i = headers.IndexOf(which); i >= 0; i = headers.IndexOf(which, i + 1))
        {
            into.Append(count++ == 0 ? name : ","u8);
            into.Append(headers.Value(i));
        }
    }

    internal static void WriteFraming(RequestHead request, bool upgrade, ByteBuffer into)
    {
        if (upgrade)
        {
            request.Headers.TryGet(KnownHeader.Upgrade, out ReadOnlySpan<byte> token);
            into.Append("Connection: Upgrade\r\nUpgrade: "u8);
            into.Append(token);
            into.Append("\r\n"u8);
        }
        switch (request.Body)
        {
            case BodyKind.Chunked:
                into.Append("Transfer-Encoding: chunked\r\n"u8);
                break;
            case BodyKind.Length:
                into.Append("Content-Length: "u8);
                DecimalText.Append(request.ContentLength, into);
                into.Append("\r\n"u8);
                break;
            default:
                if (request.Headers.IndexOf(KnownHeader.ContentLength) >= 0)
                {
                    into.Append("Content-Length: 0\r\n"u8);
                }
                break;
        }
    }

    private static int WriteName(ReadOnlySpan<byte> name, ByteBuffer into)
    {
        into.Append(name);
        into.Append(": "u8);
        return into.Length;
    }

    /// <summary>Values that hold what users or providers said cannot end a line.</summary>
    private static void Sanitize(Span<byte> value)
    {
        foreach (ref byte b in value)
        {
            if (b is < 0x20 and not (byte)'\t' or 0x7F)
            {
                b = (byte)' ';
            }
        }
    }
}
