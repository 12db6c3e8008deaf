using Microsoft.AspNetCore.Http.Features;
using Pomerium.Fast.Auth.SignIn;
using Pomerium.Fast.Http.Pipeline;

namespace Pomerium.Fast.Server.ControlPlane;

/// <summary>One request to the control plane: HTTP, the facts from the data path, and the configuration it runs under to its end.</summary>
internal sealed class PageRequest
{
    private const int FormBytesMax = 64 * 1024;

    public PageRequest(HttpContext http, ControlPlaneState state)
    {
        Http = http;
        State = state;
        Facts = http.Features.Get<IExchangeFactsFeature>()?.Facts;
        string target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        int cut = target.IndexOf('?', StringComparison.Ordinal);
        Path = cut < 0 ? target : target[..cut];
        Query = cut < 0 ? "" : target[(cut + 1)..];
        Authority = Facts is { Authority.Length: > 0 } facts ? facts.Authority : http.Request.Host.Value ?? "";
        RequestId = Facts is { RequestId.Length: > 0 } known
            ? known.RequestId
            : http.Request.Headers["x-request-id"].ToString();
    }

    public HttpContext Http { get; }
    public ControlPlaneState State { get; }

    /// <summary>Null only for requests that did not come through the data path.</summary>
    public ExchangeFacts? Facts { get; }

    /// <summary>As the data path normalised it: compared byte by byte, never decoded.</summary>
    public string Path { get; }
    public string Query { get; }
    public string Authority { get; }
    public string RequestId { get; }
    public string Method => Http.Request.Method;
    public HttpResponse Response => Http.Response;
    public CancellationToken Cancellation => Http.RequestAborted;
    public bool IsAuthenticateHost => State.Flow.Settings.IsAuthenticateHost(Authority);
    public bool IsGet => Method is "GET" or "HEAD";

    /// <summary>Host name without a port, for people.</summary>
    public string HostName => new HostString(Authority).Host;

    public bool Accepts(string exactType) =>
        string.Equals(Http.Request.Headers.Accept.ToString().Trim(), exactType, StringComparison.OrdinalIgnoreCase);

    /// <summary>The request as plain data; null when its form is too big or cannot be read.</summary>
    public async ValueTask<FlowRequest?> FlowAsync()
    {
        QueryParameters? form = null;
        if (HttpMethods.IsPost(Method))
        {
            form = await FormAsync();
            if (form is null)
            {
                return null;
            }
        }
        IHeaderDictionary headers = Http.Request.Headers;
        return new FlowRequest
        {
            Method = Method,
            Authority = Authority,
            Path = Path,
            Query = Query,
            CookieHeader = string.Join("; ", headers.Cookie.ToArray()),
            Form = form,
            SecFetchSite = headers["sec-fetch-site"].ToString(),
            SecFetchMode = headers["sec-fetch-mode"].ToString(),
            SecFetchDest = headers["sec-fetch-dest"].ToString(),
            Origin = headers.Origin.ToString(),
            IsScripted = string.Equals(
                headers.XRequestedWith.ToString(),
                "XMLHttpRequest",
                StringComparison.OrdinalIgnoreCase
            ),
        };
    }

    private async ValueTask<QueryParameters?> FormAsync()
    {
        using MemoryStream body = new();
        byte[] buffer = new byte[4096];
        int read;
        while ((read = await Http.Request.Body.ReadAsync(buffer, Cancellation)) > 0)
        {
            if (body.Length + read > FormBytesMax)
            {
                return null;
            }
            body.Write(buffer, 0, read);
        }
        if (body.Length == 0)
        {
            return new QueryParameters();
        }
        bool isForm =
            Http.Request.ContentType?.StartsWith(
                "application/x-www-form-urlencoded",
                StringComparison.OrdinalIgnoreCase
            ) == true;
        string text = System.Text.Encoding.Latin1.GetString(body.GetBuffer(), 0, (int)body.Length);
        return isForm && QueryParameters.TryParse(text, out QueryParameters? form) ? form : null;
    }
}
