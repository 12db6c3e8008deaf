using System.Net;
using System.Text.Json;
using static Pomerium.Fast.Server.Tests.ControlPlane.ControlPlaneRig;

namespace Pomerium.Fast.Server.Tests.ControlPlane;

/// <summary>The tables of identity 1.1 and 1.2.</summary>
public sealed class EndpointTests(ControlPlaneRig rig) : IClassFixture<ControlPlaneRig>
{
    [Theory]
    [InlineData("GET", App, "/.pomerium/", 200)]
    [InlineData("HEAD", App, "/.pomerium/", 200)]
    [InlineData("POST", App, "/.pomerium/", 405)]
    [InlineData("DELETE", App, "/.pomerium/sign_out", 405)]
    [InlineData("GET", App, "/.pomerium/sign_out", 302)]
    [InlineData("GET", App, "/.pomerium/callback/", 400)]
    [InlineData("GET", App, "/.pomerium/sign_in", 404)]
    [InlineData("GET", SignInHost, "/.pomerium/sign_in", 400)]
    [InlineData("GET", App, "/oauth2/callback", 404)]
    [InlineData("GET", SignInHost, "/oauth2/callback", 400)]
    [InlineData("GET", App, "/.pomerium/signed_out", 404)]
    [InlineData("GET", SignInHost, "/.pomerium/signed_out", 200)]
    [InlineData("GET", SignInHost, "/.pomerium/", 302)]
    [InlineData("GET", App, "/.pomerium/user", 404)]
    [InlineData("GET", App, "/.pomerium/jwt", 404)]
    [InlineData("GET", App, "/.pomerium/api/v1/login", 404)]
    [InlineData("POST", App, "/.pomerium/api/v1/login", 405)]
    [InlineData("GET", App, "/.pomerium/api/v1/other", 404)]
    [InlineData("GET", App, "/.pomerium/device-enrolled", 200)]
    [InlineData("GET", App, "/.pomerium/unknown", 404)]
    [InlineData("GET", App, "/.pomerium/mcp", 404)]
    [InlineData("GET", App, "/.POMERIUM/", 404)]
    [InlineData("GET", App, "/.well-known/pomerium", 200)]
    [InlineData("GET", App, "/.well-known/pomerium/", 200)]
    [InlineData("OPTIONS", App, "/.well-known/pomerium/jwks.json", 204)]
    [InlineData("GET", App, "/.well-known/pomerium/hpke-public-key", 200)]
    public async Task Each_path_answers_its_methods_on_its_hosts(string method, string host, string path, int status)
    {
        using HttpResponseMessage answer = await rig.SendAsync(new HttpMethod(method), host, path);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("/.pomerium", "/.pomerium/")]
    [InlineData("/.pomerium/callback?a=b", "/.pomerium/callback/?a=b")]
    [InlineData("/.pomerium/sign_out/", "/.pomerium/sign_out")]
    public async Task The_other_spelling_leads_to_the_known_one(string path, string location)
    {
        using HttpResponseMessage answer = await rig.GetAsync(App, path);
        Assert.Equal(HttpStatusCode.MovedPermanently, answer.StatusCode);
        Assert.Equal(location, answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task The_key_set_is_public_and_tagged()
    {
        using HttpResponseMessage answer = await rig.GetAsync(App, "/.well-known/pomerium/jwks.json");
        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal(TimeSpan.FromSeconds(60), answer.Headers.CacheControl!.MaxAge);
        JsonElement keys = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal("ES256", keys.GetProperty("keys")[0].GetProperty("alg").GetString());
        using HttpResponseMessage same = await rig.GetAsync(
            App,
            "/.well-known/pomerium/jwks.json",
            ("If-None-Match", answer.Headers.ETag!.ToString())
        );
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
    }

    [Fact]
    public async Task The_discovery_document_names_this_host()
    {
        using HttpResponseMessage answer = await rig.GetAsync(App, "/.well-known/pomerium");
        Assert.Equal(
            """{"issuer":"https://app.example.com/","authentication_callback_endpoint":"https://authenticate.example.com/oauth2/callback","jwks_uri":"https://app.example.com/.well-known/pomerium/jwks.json","frontchannel_logout_uri":"https://app.example.com/.pomerium/sign_out"}""",
            await answer.Content.ReadAsStringAsync()
        );
    }

    [Theory]
    [InlineData("index.css", "text/css; charset=utf-8")]
    [InlineData("index.js", "text/javascript; charset=utf-8")]
    [InlineData("favicon.ico", "image/x-icon")]
    [InlineData("favicon-16x16.png", "image/png")]
    [InlineData("favicon-32x32.png", "image/png")]
    [InlineData("apple-touch-icon.png", "image/png")]
    public async Task Static_files_have_a_strong_tag(string name, string type)
    {
        using HttpResponseMessage answer = await rig.GetAsync(App, "/.pomerium/" + name);
        Assert.Equal(type, answer.Content.Headers.ContentType!.ToString());
        Assert.False(answer.Headers.ETag!.IsWeak);
        using HttpResponseMessage same = await rig.GetAsync(
            App,
            "/.pomerium/" + name,
            ("If-None-Match", answer.Headers.ETag.ToString())
        );
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
    }

    [Fact]
    public async Task A_program_is_given_the_address_to_open()
    {
        using HttpResponseMessage answer = await rig.GetAsync(
            App,
            "/.pomerium/api/v1/login?pomerium_redirect_uri=http%3A%2F%2F127.0.0.1%3A9"
        );
        Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.StartsWith(
            "https://authenticate.example.com/.pomerium/sign_in?pomerium_callback_uri=https%3A%2F%2Fapp.example.com%2F.pomerium%2Fcallback%2F&",
            await answer.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("GET", true, 302)]
    [InlineData("OPTIONS", true, 204)]
    [InlineData("GET", false, 400)]
    public async Task A_script_may_follow_a_signed_url_and_no_other(string method, bool signed, int status)
    {
        using HttpResponseMessage login = await rig.GetAsync(
            App,
            "/.pomerium/api/v1/login?pomerium_redirect_uri=http%3A%2F%2F127.0.0.1%3A9"
        );
        string url = new Uri(await login.Content.ReadAsStringAsync()).PathAndQuery + (signed ? "" : "x");
        using HttpResponseMessage answer = await rig.SendAsync(
            new HttpMethod(method),
            SignInHost,
            url,
            null,
            null,
            ("Origin", "https://app.example.com")
        );
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(signed, answer.Headers.TryGetValues("Access-Control-Allow-Origin", out _));
    }

    [Fact]
    public async Task A_reload_is_seen_by_the_next_request()
    {
        rig.Reload(static s =>
            s with
            {
                Identity = s.Identity with { AuthenticateUrl = new Uri("https://new.example.com") },
            }
        );
        using HttpResponseMessage answer = await rig.GetAsync(App, "/.well-known/pomerium");
        Assert.Contains(
            "https://new.example.com/oauth2",
            await answer.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
        rig.Reload(static s => s);
    }
}
