using System.Net;
using System.Net.Sockets;

namespace Pomerium.Fast.Parts;

/// <summary>
/// A user agent without a screen: keeps cookies, follows redirects one by one and remembers them, and finds every
/// test host on loopback. Certificates of the proxy are generated per test and not checked here.
/// </summary>
public sealed class SignInClient : IDisposable
{
    private const int RedirectsMax = 20;
    private readonly HttpClient _http;

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
        _http = new HttpClient(handler);
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
    public async Task<HttpResponseMessage> BrowseAsync(Uri url)
    {
        Trail.Clear();
        for (int i = 0; i < RedirectsMax; i++)
        {
            Trail.Add(url);
            HttpResponseMessage answer = await GetAsync(url);
            if (answer.StatusCode is not (HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.Moved))
            {
                return answer;
            }
            url = new Uri(url, answer.Headers.Location!);
            answer.Dispose();
        }
        throw new InvalidOperationException($"more than {RedirectsMax} redirects: {string.Join(" -> ", Trail)}");
    }

    /// <summary>The value of a cookie for the address, or null.</summary>
    public string? Cookie(Uri url, string name) => Cookies.GetCookies(url)[name]?.Value;

    public void Dispose() => _http.Dispose();
}
