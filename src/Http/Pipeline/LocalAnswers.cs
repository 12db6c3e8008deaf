using System.Text;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Routing;

namespace Pomerium.Fast.Http.Pipeline;

/// <summary>Answers that need nobody else: health, redirects, fixed responses (routing 5, 6, 17).</summary>
internal static class LocalAnswers
{
    private static readonly ReadOnlyMemory<byte> DirectResponse = "direct_response"u8.ToArray();

    public static void Ping(Exchange exchange)
    {
        ReadOnlySpan<byte> method = exchange.Request.Method;
        bool allowed = exchange.Request.IsHead || method.SequenceEqual("GET"u8);
        exchange.Answer(allowed ? 200 : 405, "text/plain"u8, allowed ? "OK\n"u8 : "Method Not Allowed\n"u8);
        exchange.Detail = DirectResponse;
    }

    public static void Robots(Exchange exchange)
    {
        exchange.Answer(200, "text/plain; charset=utf-8"u8, "User-agent: *\nDisallow: /"u8);
        exchange.Detail = DirectResponse;
    }

    public static void Home(Exchange exchange) => RedirectTo(exchange, 302, "/.pomerium/"u8);

    /// <summary>307 to the same resource under its unescaped path (routing 4.1).</summary>
    public static void Unescaped(Exchange exchange, ByteBuffer scratch)
    {
        scratch.Set(exchange.Request.Path);
        AppendQuery(exchange.Request, scratch);
        RedirectTo(exchange, 307, scratch.Span);
    }

    public static void Response(Exchange exchange, Route route)
    {
        bool typed = route.Headers.ResponseSet.Contains("content-type"u8);
        exchange.Answer(route.Config.Response!.Status, typed ? default : "text/plain"u8, route.ResponseBody);
        exchange.Detail = DirectResponse;
    }

    public static void Redirect(Exchange exchange, Route route, ByteBuffer scratch)
    {
        RedirectAction action = route.Config.Redirect!;
        WriteLocation(exchange, route, action, scratch);
        RedirectTo(exchange, action.ResponseCode, scratch.Span);
    }

    private static void RedirectTo(Exchange exchange, int status, ReadOnlySpan<byte> location)
    {
        exchange.Answer(status, default, default);
        exchange.Response.Headers.Add(KnownHeader.Location, "location"u8, location);
        exchange.Detail = DirectResponse;
    }

    private static void WriteLocation(Exchange exchange, Route route, RedirectAction action, ByteBuffer into)
    {
        RequestHead request = exchange.Request;
        bool wasTls = exchange.Downstream.Tls is not null;
        string before = wasTls ? "https" : "http";
        string scheme = action.HttpsRedirect switch
        {
            true => "https",
            false => before,
            null => action.Scheme ?? before,
        };
        into.Clear();
        AppendText(scheme, into);
        into.Append("://"u8);
        WriteHost(request, action, dropPort: !string.Equals(scheme, before, StringComparison.Ordinal), wasTls, into);
        bool ownQuery = false;
        if (action.Path is { } path)
        {
            AppendText(path, into);
            ownQuery = path.Contains('?', StringComparison.Ordinal);
        }
        else if (action.PrefixRewrite is { } prefix)
        {
            AppendText(prefix, into);
            into.Append(request.Path[Math.Min(route.Matcher.MatchedLength(request.Path), request.Path.Length)..]);
        }
        else
        {
            into.Append(request.Path);
        }
        if (!ownQuery && !action.StripQuery)
        {
            AppendQuery(request, into);
        }
    }

    private static void WriteHost(
        RequestHead request,
        RedirectAction action,
        bool dropPort,
        bool wasTls,
        ByteBuffer into
    )
    {
        ReadOnlySpan<byte> host = AuthorityRules.HostOf(
            request.Authority,
            out ReadOnlySpan<byte> port,
            out bool hasPort
        );
        if (action.Host is { } other)
        {
            AppendText(other, into);
            hasPort = false;
        }
        else
        {
            into.Append(host);
        }
        if (action.Port is { } given)
        {
            into.Append(":"u8);
            DecimalText.Append(given, into);
            return;
        }
        bool isDefault = port.SequenceEqual(wasTls ? "443"u8 : "80"u8);
        if (hasPort && !(dropPort && isDefault))
        {
            into.Append(":"u8);
            into.Append(port);
        }
    }

    private static void AppendQuery(RequestHead request, ByteBuffer into)
    {
        if (request.HasQuery)
        {
            into.Append("?"u8);
            into.Append(request.Query);
        }
    }

    private static void AppendText(string text, ByteBuffer into) =>
        Encoding.UTF8.GetBytes(text, into.Extend(Encoding.UTF8.GetByteCount(text)));
}
