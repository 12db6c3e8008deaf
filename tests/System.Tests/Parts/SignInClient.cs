using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Pomerium.Fast.Parts;

/// <summary>
/// A user agent without a screen: keeps cookies, follows redirects one by one and remembers them, and finds every
/// test host on loopback. Certificates of the proxy are generated per test and not checked here.
/// </summary>
public sealed class SignInClient : IDisposable
{
    private const int RedirectsMax = 20;
    private readonly HttpClient _http;
    private readonly HttpMessageInvoker _invoker;

    public SignInClient()
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseCookies = true,
            CookieContainer = Cookies,
            ConnectCallback = static async (context, cancellation) =>
            {
                Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        _http = new HttpClient(handler, disposeHandler: false);
        _invoker = new HttpMessageInvoker(handler);
    }

    public CookieContainer Cookies { get; } = new();

    /// <summary>Every address of the last <see cref="BrowseAsync"/>, in order.</summary>
    public List<Uri> Trail { get; } = [];

    /// <summary>One request as a browser navigates, without following redirects.</summary>
    public Task<HttpResponseMessage> GetAsync(Uri url, params (string Name, string Value)[] headers)
    {
        HttpRequestMessage request = new(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        foreach ((string name, string value) in headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }
        return _http.SendAsync(request);
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => _http.SendAsync(request);

    /// <summary>Follows redirects to the first answer that is none.</summary>
    public Task<HttpResponseMessage> BrowseAsync(Uri url)
    {
        Trail.Clear();
        return FollowAsync(url);
    }

    /// <summary>Sends the page's first form as a browser does, with the named button pressed, and follows.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(
        HttpResponseMessage page,
        string? button = null,
        string? value = null
    )
    {
        Uri at = page.RequestMessage!.RequestUri!;
        IDocument document = new HtmlParser().ParseDocument(await page.Content.ReadAsStringAsync());
        IElement form =
            document.QuerySelector("form")
            ?? throw new InvalidOperationException($"no form on {at}: {page.StatusCode}");
        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        foreach (IElement input in form.QuerySelectorAll("input[type=hidden]"))
        {
            fields[input.GetAttribute("name")!] = input.GetAttribute("value") ?? "";
        }
        if (button is not null)
        {
            fields[button] = value ?? "";
        }
        Uri target = new(at, form.GetAttribute("action") ?? "");
        using HttpRequestMessage request = new(HttpMethod.Post, target) { Content = new FormUrlEncodedContent(fields) };
        request.Headers.Add("Origin", at.GetLeftPart(UriPartial.Authority));
        HttpResponseMessage answer = await _http.SendAsync(request);
        Trail.Clear();
        Trail.Add(target);
        return IsRedirect(answer) ? await FollowAsync(new Uri(target, answer.Headers.Location!)) : answer;
    }

    private static bool IsRedirect(HttpResponseMessage answer) =>
        answer.StatusCode is HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.Moved;

    private async Task<HttpResponseMessage> FollowAsync(Uri url)
    {
        for (int i = 0; i < RedirectsMax; i++)
        {
            Trail.Add(url);
            HttpResponseMessage answer = await GetAsync(url);
            if (!IsRedirect(answer))
            {
                return answer;
            }
            url = new Uri(url, answer.Headers.Location!);
            answer.Dispose();
        }
        throw new InvalidOperationException($"more than {RedirectsMax} redirects: {string.Join(" -> ", Trail)}");
    }

    /// <summary>A WebSocket with this browser's cookies.</summary>
    public async Task<ClientWebSocket> WebSocketAsync(Uri url)
    {
        ClientWebSocket socket = new();
        await socket.ConnectAsync(new UriBuilder(url) { Scheme = "wss" }.Uri, _invoker, CancellationToken.None);
        return socket;
    }

    /// <summary>The value of a cookie for the address, or null.</summary>
    public string? Cookie(Uri url, string name) => Cookies.GetCookies(url)[name]?.Value;

    public void Dispose()
    {
        _http.Dispose();
        _invoker.Dispose();
    }
}
