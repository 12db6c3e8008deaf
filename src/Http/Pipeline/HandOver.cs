using System.Text;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Proxy;
using Pomerium.Fast.Http.Upstream;
using Pomerium.Fast.Transport.InMemory;

namespace Pomerium.Fast.Http.Pipeline;

/// <summary>
/// Handing an exchange to the control plane: an HTTP/1.1 request over the in-memory link, with the facts beside it as
/// an object that no header can imitate.
/// </summary>
internal static class HandOver
{
    /// <summary>A page that needs a provider may take a while.</summary>
    public const long TimeoutMs = 60_000;

    public static readonly ReadOnlyMemory<byte> ViaUpstream = "via_upstream"u8.ToArray();

    /// <summary>The head as the client sent it, in canonical form; an error page is always a GET without a body.</summary>
    public static void WriteHead(Exchange exchange, ByteBuffer into)
    {
        RequestHead request = exchange.Request;
        bool page = exchange.Facts.Page == PageKind.Error;
        into.Clear();
        into.Append(
            !page ? request.Method
            : request.IsHead ? "HEAD"u8
            : "GET"u8
        );
        into.Append(" "u8);
        into.Append(request.Path.StartsWith("/"u8) ? request.Path : "/"u8);
        if (request.HasQuery)
        {
            into.Append("?"u8);
            into.Append(request.Query);
        }
        into.Append(" HTTP/1.1\r\nHost: "u8);
        into.Append(request.Authority);
        into.Append("\r\n"u8);
        HeaderBlock headers = request.Headers;
        bool nominates = headers.IndexOf(KnownHeader.Connection) >= 0;
        for (int i = 0; i < headers.Count; i++)
        {
            if (Passes(headers.Known(i)) && !Connections.Nominates(headers, nominates, headers.Name(i)))
            {
                into.Append(headers.Name(i));
                into.Append(": "u8);
                into.Append(headers.Value(i));
                into.Append("\r\n"u8);
            }
        }
        into.Append("X-Request-Id: "u8);
        into.Append(exchange.RequestId.Span);
        into.Append("\r\n"u8);
        if (!page)
        {
            RequestHeadWriter.WriteFraming(request, upgrade: false, into);
        }
        into.Append("\r\n"u8);
    }

    public static void SetFacts(Exchange exchange, UpstreamConnection connection)
    {
        ExchangeFacts facts = exchange.Facts;
        facts.ClientAddress = exchange.ClientAddress;
        facts.RequestId = Encoding.Latin1.GetString(exchange.RequestId.Span);
        facts.Authority = Encoding.Latin1.GetString(exchange.Request.Authority);
        facts.IsTls = exchange.Downstream.Tls is not null;
        facts.Route = exchange.Route;
        facts.Session = exchange.Session;
        Slot(connection)?.Facts = facts;
    }

    public static void ClearFacts(UpstreamConnection connection) => Slot(connection)?.Facts = null;

    private static IExchangeFactsFeature? Slot(UpstreamConnection connection)
    {
        if (connection.Context.Features.Get<IInMemoryLinkFeature>() is not { } link)
        {
            return null;
        }
        if (link.Shared.Get<IExchangeFactsFeature>() is not { } slot)
        {
            slot = new FactsSlot();
            link.Shared.Set(slot);
        }
        return slot;
    }

    private static bool Passes(KnownHeader known) =>
        known
            is not (
                KnownHeader.Connection
                or KnownHeader.KeepAlive
                or KnownHeader.ProxyConnection
                or KnownHeader.Te
                or KnownHeader.TransferEncoding
                or KnownHeader.ContentLength
                or KnownHeader.Upgrade
                or KnownHeader.Host
                or KnownHeader.Expect
                or KnownHeader.XRequestId
                or KnownHeader.XForwardedHost
                or KnownHeader.XForwardedProto
                or KnownHeader.Forwarded
            );

    /// <summary>Written on the loop before the head, read by the control plane after it.</summary>
    private sealed class FactsSlot : IExchangeFactsFeature
    {
        private ExchangeFacts? _facts;

        public ExchangeFacts? Facts
        {
            get => Volatile.Read(ref _facts);
            set => Volatile.Write(ref _facts, value);
        }
    }
}
