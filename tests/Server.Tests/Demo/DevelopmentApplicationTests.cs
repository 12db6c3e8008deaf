using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Pomerium.Fast.Server.Demo;
using Pomerium.Fast.Server.Demo.DevelopmentApp;

namespace Pomerium.Fast.Server.Tests.Demo;

/// <summary>The app behind the demo's proxy: what it shows of a request, and which assertions it believes.</summary>
public sealed class DevelopmentApplicationTests : IAsyncLifetime, IDisposable
{
    private const string Host = "demo.localhost:8443";
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ProxyKeys _proxy = new();
    private DevelopmentApplication _app = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _proxy.Publish(_key);
        DemoHosts hosts = new(8443);
        HashSet<string> names = new(DemoHosts.Routes.Select(hosts.Authority), StringComparer.Ordinal);
        AssertionCheck check = new(new HttpClient(_proxy), names, TimeProvider.System);
        _app = await DevelopmentApplication.StartAsync(check, hosts, default);
        _http = new HttpClient { BaseAddress = _app.Address };
    }

    public Task DisposeAsync() => _app.DisposeAsync().AsTask();

    public void Dispose()
    {
        _http.Dispose();
        _key.Dispose();
        _proxy.Dispose();
    }

    [Fact]
    public async Task Curl_gets_the_request_and_the_verified_claims_as_json()
    {
        JsonElement answer = await JsonAsync("/a/b?c=d", Token(_key, Host, Host));
        Assert.Equal("GET", answer.GetProperty("method").GetString());
        Assert.Equal("/a/b?c=d", answer.GetProperty("path").GetString());
        JsonElement identity = answer.GetProperty("identity");
        Assert.Equal("Verified", identity.GetProperty("state").GetString());
        Assert.Equal($"https://{Host}/.well-known/pomerium/jwks.json", identity.GetProperty("keysFrom").GetString());
        Dictionary<string, string> claims = identity
            .GetProperty("claims")
            .EnumerateArray()
            .ToDictionary(
                static c => c.GetProperty("name").GetString()!,
                static c => c.GetProperty("value").GetString()!,
                StringComparer.Ordinal
            );
        Assert.Equal("admin@example.com", claims["email"]);
        Assert.Equal("[\"admins\"]", claims["groups"]);
        Assert.Contains(
            answer.GetProperty("headers").EnumerateArray(),
            static h => h.GetProperty("name").ValueEquals("X-Pomerium-Jwt-Assertion")
        );
    }

    [Fact]
    public async Task Browser_gets_a_page_that_greets_and_escapes()
    {
        HttpRequestMessage request = new(HttpMethod.Get, "/");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        request.Headers.Add("X-Pomerium-Jwt-Assertion", Token(_key, Host, Host));
        request.Headers.TryAddWithoutValidation("X-Odd", "<script>alert(1)</script>");
        using HttpResponseMessage answer = await _http.SendAsync(request);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        string text = await answer.Content.ReadAsStringAsync();
        IDocument page = new HtmlParser().ParseDocument(text);
        Assert.Equal("Hello, Ada Admin", page.QuerySelector("h1")!.TextContent);
        Assert.Contains(DemoTerminal.Banner, page.QuerySelector(".banner")!.TextContent, StringComparison.Ordinal);
        Assert.Empty(page.QuerySelectorAll("script"));
        Assert.Contains("Verified.", page.QuerySelector(".good")!.TextContent, StringComparison.Ordinal);
        Assert.Empty(page.QuerySelectorAll("link, img, [src]"));
    }

    [Fact]
    public async Task Request_that_passed_by_the_proxy_has_no_identity()
    {
        JsonElement answer = await JsonAsync("/", null);
        Assert.Equal("Missing", answer.GetProperty("identity").GetProperty("state").GetString());
        Assert.Equal(0, answer.GetProperty("identity").GetProperty("claims").GetArrayLength());
    }

    [Theory]
    [InlineData("evil.test", "evil.test", 60)]
    [InlineData(Host, "admin.localhost:8443", 60)]
    [InlineData(Host, Host, -120)]
    public async Task Foreign_issuer_other_audience_or_expired_assertion_is_refused(
        string issuer,
        string audience,
        int seconds
    )
    {
        await AssertRefusedAsync(Token(_key, issuer, audience, seconds));
    }

    [Fact]
    public async Task Assertion_by_another_key_is_refused()
    {
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await AssertRefusedAsync(Token(other, Host, Host));
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJpc3MiOiJkZW1vLmxvY2FsaG9zdDo4NDQzIn0.")]
    public async Task Text_that_is_no_signed_token_is_refused(string text) => await AssertRefusedAsync(text);

    [Fact]
    public async Task Unreachable_keys_are_said_and_no_error()
    {
        _proxy.Break();
        await AssertRefusedAsync(Token(_key, Host, Host));
    }

    [Fact]
    public async Task WebSocket_echoes()
    {
        using ClientWebSocket socket = new();
        await socket.ConnectAsync(new UriBuilder(_app.Address) { Scheme = "ws", Path = "/ws" }.Uri, default);
        await socket.SendAsync(Encoding.UTF8.GetBytes("hello"), WebSocketMessageType.Text, true, default);
        byte[] buffer = new byte[16];
        WebSocketReceiveResult got = await socket.ReceiveAsync(buffer, default);
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, got.Count));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
    }

    [Fact]
    public async Task Event_stream_starts_at_once()
    {
        using HttpResponseMessage answer = await _http.GetAsync("/sse", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        using StreamReader reader = new(await answer.Content.ReadAsStreamAsync());
        Assert.Equal("id: 1", await reader.ReadLineAsync());
    }

    private async Task AssertRefusedAsync(string token)
    {
        JsonElement answer = await JsonAsync("/", token);
        Assert.Equal("Refused", answer.GetProperty("identity").GetProperty("state").GetString());
        Assert.Equal(0, answer.GetProperty("identity").GetProperty("claims").GetArrayLength());
    }

    private async Task<JsonElement> JsonAsync(string path, string? assertion)
    {
        HttpRequestMessage request = new(HttpMethod.Get, path);
        if (assertion is not null)
        {
            request.Headers.Add("X-Pomerium-Jwt-Assertion", assertion);
        }
        using HttpResponseMessage answer = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static string Token(ECDsa key, string issuer, string audience, int seconds = 60)
    {
        DateTime now = DateTime.UtcNow;
        return new JsonWebTokenHandler().CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = issuer,
                Audience = audience,
                IssuedAt = now.AddMinutes(-5),
                NotBefore = now.AddMinutes(-5),
                Expires = now.AddSeconds(seconds),
                Claims = new Dictionary<string, object>(StringComparer.Ordinal)
                {
                    ["sub"] = "admin",
                    ["email"] = "admin@example.com",
                    ["name"] = "Ada Admin",
                    ["groups"] = (string[])["admins"],
                },
                SigningCredentials = new SigningCredentials(
                    new ECDsaSecurityKey(key) { KeyId = "k1" },
                    SecurityAlgorithms.EcdsaSha256
                ),
            }
        );
    }

    /// <summary>Stands for the proxy's key document, in place of the network.</summary>
    private sealed class ProxyKeys : HttpMessageHandler
    {
        private string? _document;

        public void Publish(ECDsa key)
        {
            ECParameters p = key.ExportParameters(includePrivateParameters: false);
            string x = ProviderClient.Base64Url(p.Q.X!);
            string y = ProviderClient.Base64Url(p.Q.Y!);
            _document =
                $$"""{"keys":[{"use":"sig","kty":"EC","kid":"k1","crv":"P-256","alg":"ES256","x":"{{x}}","y":"{{y}}"}]}""";
        }

        public void Break() => _document = null;

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        ) =>
            _document is { } document
                ? Task.FromResult(new HttpResponseMessage { Content = new StringContent(document) })
                : throw new HttpRequestException("connection refused");
    }
}
