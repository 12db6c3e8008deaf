using System.Net;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Pomerium.Fast.Parts;

namespace Pomerium.Fast.SystemTests.SignIn;

/// <summary>The main job end to end (identity spec 2 and 6): a signed-in user reaches an app, and the app knows who it is.</summary>
[Collection(SharedDeployment.Name)]
public sealed class SignInTests(Deployment deployment)
{
    [Fact]
    public async Task Protected_route_leads_through_the_provider_and_back_to_the_very_page()
    {
        await deployment.Provider.ChooseUserAsync("alice");
        using SignInClient client = new();
        Uri page = deployment.Url("app", "/reports/1?year=2026&q=a%20b");
        using HttpResponseMessage answer = await client.BrowseAsync(page);
        ToldRequest told = await ToldRequest.ReadAsync(answer);
        Assert.Equal("/reports/1?year=2026&q=a%20b", told.Path);
        string[] hosts = [.. client.Trail.Select(static u => u.Authority).Distinct(StringComparer.Ordinal)];
        Assert.Equal(
            [deployment.Authority("app"), deployment.Authority("authenticate"), deployment.Provider.Issuer.Authority],
            hosts
        );
        Assert.Equal(page, client.Trail[^1]);
    }

    [Fact]
    public async Task App_receives_an_assertion_that_verifies_by_the_published_keys_and_names_its_own_host()
    {
        using SignInClient client = await deployment.SignedInAsync("alice");
        ToldRequest told = await ToldRequest.ReadAsync(await client.GetAsync(deployment.Url("app")));
        JsonWebToken first = await VerifiedAsync(client, told, "app");
        Assert.Equal("alice", first.Subject);
        Assert.Equal("alice", first.GetPayloadValue<string>("user"));
        Assert.Equal("alice@example.com", first.GetPayloadValue<string>("email"));
        Assert.Equal("Alice", first.GetPayloadValue<string>("name"));
        Assert.Equal(["admins", "eng"], first.GetPayloadValue<string[]>("groups"));
        Assert.InRange(first.ValidTo - first.IssuedAt, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));

        ToldRequest second = await ToldRequest.ReadAsync(await client.BrowseAsync(deployment.Url("second")));
        JsonWebToken other = await VerifiedAsync(client, second, "second");
        Assert.Equal(first.GetPayloadValue<string>("sid"), other.GetPayloadValue<string>("sid"));
        Assert.NotEqual(first.Audiences.Single(), other.Audiences.Single());
    }

    [Fact]
    public async Task App_receives_claim_headers_and_no_cookie_of_ours()
    {
        using SignInClient client = await deployment.SignedInAsync("alice");
        client.Cookies.Add(deployment.Url("app"), new Cookie("theme", "dark"));
        ToldRequest told = await ToldRequest.ReadAsync(await client.GetAsync(deployment.Url("app")));
        Assert.Equal("alice@example.com", told.Header("X-Pomerium-Claim-Email"));
        Assert.Equal("admins,eng", told.Header("X-Pomerium-Claim-Groups"));
        Assert.Equal("Alice", told.Header("X-Pomerium-Claim-Name"));
        Assert.Equal("theme=dark", told.Header("Cookie"));
    }

    [Theory]
    [InlineData("X-Pomerium-Jwt-Assertion")]
    [InlineData("x-pomerium-claim-email")]
    [InlineData("X-Pomerium-Claim-Groups")]
    [InlineData("X-Pomerium-Claim-Anything")]
    public async Task Forged_identity_never_arrives(string header)
    {
        using SignInClient client = await deployment.SignedInAsync("bob");
        using HttpResponseMessage answer = await client.GetAsync(deployment.Url("app"), (header, "forged"));
        ToldRequest told = await ToldRequest.ReadAsync(answer);
        Assert.DoesNotContain("forged", told.Headers(header));
        Assert.Equal("bob@example.com", told.Header("X-Pomerium-Claim-Email"));
        Assert.Equal("", told.Header("X-Pomerium-Claim-Groups"));
    }

    [Fact]
    public async Task Second_route_needs_no_second_sign_in_at_the_provider()
    {
        using SignInClient client = await deployment.SignedInAsync("alice");
        int before = await deployment.Provider.CallsAsync("/auth");
        await ToldRequest.ReadAsync(await client.BrowseAsync(deployment.Url("second")));
        Assert.Equal(before, await deployment.Provider.CallsAsync("/auth"));
    }

    [Fact]
    public async Task Who_lacks_the_group_gets_a_page_that_says_so_and_an_id_to_ask_with()
    {
        using SignInClient client = await deployment.SignedInAsync("bob");
        using HttpResponseMessage answer = await client.BrowseAsync(deployment.Url("admins"));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("true", answer.Headers.GetValues("X-Pomerium-Intercepted-Response").Single());
        string page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("403", page, StringComparison.Ordinal);
        string id = answer.Headers.GetValues("X-Request-Id").Single();
        Assert.Contains(id, page, StringComparison.Ordinal);

        JsonElement line = await deployment.Server.LineAsync(
            "authorize check",
            l =>
                l.GetProperty("host").ValueEquals(deployment.Authority("admins"))
                && l.GetProperty("email").ValueEquals("bob@example.com")
        );
        Assert.False(line.GetProperty("allow").GetBoolean());
        Assert.Equal("claim-unauthorized", line.GetProperty("allow-why-false")[0].GetString());
    }

    [Fact]
    public async Task Who_has_the_group_is_let_in()
    {
        using SignInClient client = await deployment.SignedInAsync("alice");
        await ToldRequest.ReadAsync(await client.BrowseAsync(deployment.Url("admins")));
    }

    [Fact]
    public async Task User_who_refuses_at_the_provider_gets_401_and_no_session()
    {
        await deployment.Provider.ChooseUserAsync("deny");
        using SignInClient client = new();
        using HttpResponseMessage answer = await client.BrowseAsync(deployment.Url("app"));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Null(client.Cookie(deployment.Url("app"), "_pomerium"));
    }

    [Fact]
    public async Task Cookie_is_secure_http_only_and_for_one_host()
    {
        using SignInClient client = await deployment.SignedInAsync("alice");
        Cookie cookie = client.Cookies.GetCookies(deployment.Url("app"))["_pomerium"]!;
        Assert.True(cookie.Secure);
        Assert.True(cookie.HttpOnly);
        Assert.InRange(cookie.Value.Length, 50, 1000);
        Assert.Null(client.Cookie(deployment.Url("public"), "_pomerium"));
    }

    [Fact]
    public async Task User_info_page_tells_who_is_signed_in()
    {
        using SignInClient client = await deployment.SignedInAsync("alice");
        using HttpResponseMessage answer = await client.GetAsync(deployment.Url("app", "/.pomerium/"));
        string page = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("alice@example.com", page, StringComparison.Ordinal);
        Assert.Contains("admins", page, StringComparison.Ordinal);
    }

    private async Task<JsonWebToken> VerifiedAsync(SignInClient client, ToldRequest told, string host)
    {
        using HttpResponseMessage keys = await client.GetAsync(deployment.Url(host, "/.well-known/pomerium/jwks.json"));
        JsonWebKeySet set = new(await keys.Content.ReadAsStringAsync());
        TokenValidationResult result = await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(
            told.Header("X-Pomerium-Jwt-Assertion"),
            new TokenValidationParameters
            {
                ValidIssuer = deployment.Authority(host),
                ValidAudience = deployment.Authority(host),
                IssuerSigningKeys = set.GetSigningKeys(),
                ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            }
        );
        Assert.True(result.IsValid, result.Exception?.Message);
        return (JsonWebToken)result.SecurityToken;
    }
}
