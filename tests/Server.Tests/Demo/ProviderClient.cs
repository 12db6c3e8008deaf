using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Pomerium.Fast.Server.Demo.DevelopmentProvider;

namespace Pomerium.Fast.Server.Tests.Demo;

/// <summary>A relying party and a browser in one: asks, picks a person on the page, redeems.</summary>
internal sealed class ProviderClient : IDisposable
{
    public const string State = "a-state";
    public const string Nonce = "a-nonce";
    private readonly HttpClient _http;
    private readonly ProviderSettings _settings;

    public ProviderClient(DevelopmentIdentityProvider provider, ProviderSettings settings)
    {
        _settings = settings;
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                ConnectCallback = static async (context, cancellation) =>
                {
                    Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                    await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellation);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            }
        )
        {
            BaseAddress = provider.Issuer,
        };
        Browser = provider.BrowserOrigin;
    }

    public HttpClient Http => _http;
    public Uri Browser { get; }
    public string Verifier { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public Dictionary<string, string> Parameters() =>
        new(StringComparer.Ordinal)
        {
            ["client_id"] = _settings.ClientId,
            ["redirect_uri"] = _settings.RedirectUri,
            ["response_type"] = "code",
            ["scope"] = string.Join(' ', ProviderSettings.Scopes),
            ["state"] = State,
            ["nonce"] = Nonce,
            ["code_challenge"] = Base64Url(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
            ["code_challenge_method"] = "S256",
        };

    public Task<HttpResponseMessage> AuthorizeAsync(Dictionary<string, string> parameters) =>
        _http.GetAsync(new Uri(Browser, "authorize?" + Query(parameters)));

    /// <summary>Fills in the form of the page.</summary>
    public async Task<HttpResponseMessage> PickAsync(
        HttpResponseMessage page,
        string person,
        Action<Dictionary<string, string>>? fill = null,
        string site = "same-origin"
    )
    {
        IDocument document = new HtmlParser().ParseDocument(await page.Content.ReadAsStringAsync());
        IElement form = document.QuerySelector("form")!;
        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        foreach (IElement input in form.QuerySelectorAll("input[type=hidden]"))
        {
            fields[input.GetAttribute("name")!] = input.GetAttribute("value") ?? "";
        }
        if (person.Length > 0)
        {
            fields["person"] = person;
        }
        fill?.Invoke(fields);
        HttpRequestMessage request = new(HttpMethod.Post, new Uri(Browser, form.GetAttribute("action")!))
        {
            Content = new FormUrlEncodedContent(fields),
        };
        request.Headers.Add("Sec-Fetch-Site", site);
        if (page.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? cookies))
        {
            request.Headers.Add("Cookie", string.Join("; ", cookies.Select(static c => c.Split(';')[0])));
        }
        return await _http.SendAsync(request);
    }

    /// <summary>From the question to the code.</summary>
    public async Task<string> CodeAsync(string person)
    {
        using HttpResponseMessage page = await AuthorizeAsync(Parameters());
        using HttpResponseMessage answer = await PickAsync(page, person);
        return Answer(answer)["code"];
    }

    public static Dictionary<string, string> Answer(HttpResponseMessage redirect)
    {
        Assert.True(redirect.Headers.Location is not null, redirect + redirect.Content.ReadAsStringAsync().Result);
        return redirect
            .Headers.Location!.Query.TrimStart('?')
            .Split('&')
            .Select(static p => p.Split('=', 2))
            .ToDictionary(static p => p[0], static p => Uri.UnescapeDataString(p[1]), StringComparer.Ordinal);
    }

    public Task<(HttpStatusCode Status, JsonElement Body)> RedeemAsync(string code, string? verifier = null) =>
        TokenAsync(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["grant_type"] = "authorization_code",
                ["code"] = code,
                ["redirect_uri"] = _settings.RedirectUri,
                ["code_verifier"] = verifier ?? Verifier,
            }
        );

    public Task<(HttpStatusCode Status, JsonElement Body)> RefreshAsync(string token) =>
        TokenAsync(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["grant_type"] = "refresh_token",
                ["refresh_token"] = token,
            }
        );

    public async Task<(HttpStatusCode Status, JsonElement Body)> TokenAsync(
        Dictionary<string, string> fields,
        string path = "token",
        bool inForm = false,
        string? secret = null
    )
    {
        HttpRequestMessage request = new(HttpMethod.Post, path);
        secret ??= _settings.ClientSecret;
        if (inForm)
        {
            fields["client_id"] = _settings.ClientId;
            fields["client_secret"] = secret;
        }
        else
        {
            byte[] pair = Encoding.ASCII.GetBytes($"{_settings.ClientId}:{secret}");
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(pair));
        }
        request.Content = new FormUrlEncodedContent(fields);
        using HttpResponseMessage answer = await _http.SendAsync(request);
        string body = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, body.Length == 0 ? default : JsonDocument.Parse(body).RootElement);
    }

    public async Task<HttpResponseMessage> UserInfoAsync(string accessToken)
    {
        HttpRequestMessage request = new(HttpMethod.Get, "userinfo");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return await _http.SendAsync(request);
    }

    public static string Base64Url(byte[] bytes) =>
        Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string Query(Dictionary<string, string> parameters) =>
        string.Join('&', parameters.Select(static p => $"{p.Key}={Uri.EscapeDataString(p.Value)}"));

    public void Dispose() => _http.Dispose();
}
