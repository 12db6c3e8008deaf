using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.Http.Routing;

namespace Pomerium.Fast.Server.Composition;

/// <summary>Everything that comes in on <c>http_redirect_addr</c> is sent to the same place by https (routing 12).</summary>
internal sealed class HttpsRedirectHandler : IHandler
{
    public Step Handle(Exchange exchange)
    {
        RequestHead request = exchange.Request;
        request.KeepAlive = false; // the visitor does not come back to this port
        ByteBuffer location = new(256);
        location.Append("https://"u8);
        location.Append(AuthorityRules.HostOf(request.Authority, out _, out _));
        location.Append(request.Path);
        if (request.HasQuery)
        {
            location.Append("?"u8);
            location.Append(request.Query);
        }
        exchange.Answer(301, "text/html; charset=utf-8"u8, "<a href=\"/\">Moved Permanently</a>.\n"u8);
        exchange.Response.Headers.Add(KnownHeader.Location, "location"u8, location.Span);
        return Step.Answered;
    }
}
