using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Pomerium.Fast.Parts;

namespace Pomerium.Fast.SystemTests.SignIn;

/// <summary>Who is not signed in: public routes, programs, and the paths that need nobody (routing spec 14.3 and 17).</summary>
[Collection(SharedDeployment.Name)]
public sealed class AnonymousTests(Deployment deployment)
{
    [Fact]
    public async Task Public_route_serves_without_sign_in_and_an_assertion_of_nobody()
    {
        using SignInClient client = new();
        ToldRequest told = await ToldRequest.ReadAsync(await client.GetAsync(deployment.Url("public", "/x?y=1")));
        Assert.Equal("/x?y=1", told.Path);
        Assert.Equal("", told.Header("X-Pomerium-Claim-Email"));
        Assert.Equal(3, told.Header("X-Pomerium-Jwt-Assertion")!.Split('.').Length);
    }

    [Theory]
    [InlineData("application/json", HttpStatusCode.Unauthorized)]
    [InlineData("text/plain", HttpStatusCode.Unauthorized)]
    [InlineData("application/json, text/html;q=0.5", HttpStatusCode.Unauthorized)]
    [InlineData("*/*", HttpStatusCode.Found)]
    [InlineData("text/html", HttpStatusCode.Found)]
    public async Task Only_a_browser_is_sent_to_sign_in(string accept, HttpStatusCode status)
    {
        using SignInClient client = new();
        using HttpResponseMessage answer = await client.GetAsync(deployment.Url("app"), ("Accept", accept));
        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task Program_gets_short_json()
    {
        using SignInClient client = new();
        using HttpResponseMessage answer = await client.GetAsync(deployment.Url("app"), ("Accept", "application/json"));
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        JsonElement body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("Unauthenticated", body.GetProperty("error").GetString());
        Assert.NotEqual("", body.GetProperty("request_id").GetString());
    }

    [Theory]
    [InlineData("bearer")]
    [InlineData("pomerium")]
    [InlineData("cookie")]
    public async Task Made_up_credential_is_nobody(string kind)
    {
        using SignInClient client = new();
        string token =
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJqdGkiOiJhIn0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        (string Name, string Value) header = kind switch
        {
            "bearer" => ("Authorization", "Bearer Pomerium-" + token),
            "pomerium" => ("Authorization", "Pomerium " + token),
            _ => ("Cookie", "_pomerium=" + token),
        };
        using HttpResponseMessage answer = await client.GetAsync(deployment.Url("app"), header);
        Assert.Equal(kind is "cookie" ? HttpStatusCode.Found : HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("app", "/ping")]
    [InlineData("unknown", "/healthz")]
    [InlineData("app", "/.pomerium/")]
    [InlineData("app", "/.well-known/pomerium")]
    [InlineData("app", "/.well-known/pomerium/jwks.json")]
    public async Task Own_paths_need_no_session(string host, string path)
    {
        using SignInClient client = new();
        using HttpResponseMessage answer = await client.GetAsync(deployment.Url(host, path));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Unknown_host_is_404()
    {
        using SignInClient client = new();
        using HttpResponseMessage answer = await client.GetAsync(deployment.Url("unknown"));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Body_streams_both_ways_unchanged()
    {
        using SignInClient client = new();
        byte[] body = new byte[3_000_000];
        new Random(7).NextBytes(body);
        using HttpRequestMessage request = new(HttpMethod.Post, deployment.Url("public", "/echo"))
        {
            Content = new ByteArrayContent(body),
        };
        using HttpResponseMessage answer = await client.SendAsync(request);
        Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task WebSocket_of_a_signed_in_user_reaches_the_app()
    {
        using SignInClient client = await deployment.SignedInAsync("alice");
        using ClientWebSocket socket = await client.WebSocketAsync(deployment.Url("app", "/ws"));
        await socket.SendAsync(Encoding.UTF8.GetBytes("hello"), WebSocketMessageType.Text, true, default);
        byte[] buffer = new byte[64];
        WebSocketReceiveResult got = await socket.ReceiveAsync(buffer, default);
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, got.Count));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
    }

    [Fact]
    public async Task Access_log_has_a_line_for_the_request_and_no_secret()
    {
        using SignInClient client = await deployment.SignedInAsync("alice");
        string cookie = client.Cookie(deployment.Url("app"), "_pomerium")!;
        using HttpResponseMessage answer = await client.GetAsync(deployment.Url("app", "/logged?secret=1"));
        JsonElement line = await deployment.Server.LineAsync(
            "http-request",
            static l => l.GetProperty("path").ValueEquals("/logged")
        );
        Assert.Equal(200, line.GetProperty("response-code").GetInt32());
        Assert.Equal("via_upstream", line.GetProperty("response-code-details").GetString());
        Assert.Equal(answer.Headers.GetValues("X-Request-Id").Single(), line.GetProperty("request-id").GetString());
        Assert.DoesNotContain(deployment.Server.Output, l => l.Contains(cookie, StringComparison.Ordinal));
        Assert.DoesNotContain(
            deployment.Server.Output,
            static l => l.Contains(OidcProvider.ClientSecret, StringComparison.Ordinal)
        );
    }
}
