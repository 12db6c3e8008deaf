using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Pomerium.Fast.Server.Demo;
using Pomerium.Fast.Server.Demo.DevelopmentProvider;

namespace Pomerium.Fast.Server.Tests.Demo;

/// <summary>The development provider as a relying party meets it (identity spec 10.1).</summary>
public sealed class DevelopmentProviderTests : IAsyncLifetime, IDisposable
{
    private readonly ProviderSettings _settings = ProviderSettings.For(new DemoHosts(8443));
    private DevelopmentIdentityProvider _provider = null!;
    private ProviderClient _client = null!;

    public async Task InitializeAsync()
    {
        _provider = await DevelopmentIdentityProvider.StartAsync(_settings, default);
        _client = new ProviderClient(_provider, _settings);
    }

    public Task DisposeAsync() => _provider.DisposeAsync().AsTask();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Discovery_names_every_endpoint_that_a_proxy_needs_and_says_what_it_is()
    {
        JsonElement document = await DiscoveryAsync();
        string issuer = document.GetProperty("issuer").GetString()!;
        Assert.Equal(_provider.Issuer, new Uri(issuer));
        Assert.Equal(new Uri(_provider.BrowserOrigin, "authorize"), Url(document, "authorization_endpoint"));
        Assert.Equal(new Uri(_provider.BrowserOrigin, "logout"), Url(document, "end_session_endpoint"));
        Assert.Equal(new Uri(_provider.Issuer, "token"), Url(document, "token_endpoint"));
        Assert.Equal(new Uri(_provider.Issuer, "userinfo"), Url(document, "userinfo_endpoint"));
        Assert.Equal(new Uri(_provider.Issuer, "revoke"), Url(document, "revocation_endpoint"));
        Assert.Equal(["S256"], Texts(document, "code_challenge_methods_supported"));
        Assert.Equal(["ES256"], Texts(document, "id_token_signing_alg_values_supported"));
        Assert.True(document.GetProperty("pomerium_demo").GetBoolean());
    }

    [Fact]
    public async Task Admin_signs_in_and_the_id_token_verifies_with_nonce_groups_and_the_demo_mark()
    {
        (HttpStatusCode status, JsonElement tokens) = await _client.RedeemAsync(await _client.CodeAsync("admin"));
        Assert.Equal(HttpStatusCode.OK, status);
        JsonElement document = await DiscoveryAsync();
        JsonWebKeySet keys = new(await _client.Http.GetStringAsync(Url(document, "jwks_uri")));
        TokenValidationResult result = await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(
            tokens.GetProperty("id_token").GetString(),
            new TokenValidationParameters
            {
                ValidIssuer = document.GetProperty("issuer").GetString(),
                ValidAudience = _settings.ClientId,
                IssuerSigningKeys = keys.GetSigningKeys(),
            }
        );
        Assert.True(result.IsValid, result.Exception?.Message);
        JsonWebToken token = (JsonWebToken)result.SecurityToken;
        Assert.Equal("admin", token.Subject);
        Assert.Equal(ProviderClient.Nonce, token.GetPayloadValue<string>("nonce"));
        Assert.Equal("admin@example.com", token.GetPayloadValue<string>("email"));
        Assert.True(token.GetPayloadValue<bool>("email_verified"));
        Assert.True(token.GetPayloadValue<bool>("demo"));
        Assert.Equal(["admins", "engineering"], token.GetPayloadValue<string[]>("groups"));
        Assert.InRange(tokens.GetProperty("expires_in").GetInt32(), 280, 300);
    }

    [Theory]
    [InlineData("admin", true, "[\"admins\",\"engineering\"]")]
    [InlineData("guest", true, "[]")]
    [InlineData("newcomer", false, "[\"engineering\"]")]
    public async Task Userinfo_tells_the_person(string person, bool verified, string groups)
    {
        (_, JsonElement tokens) = await _client.RedeemAsync(await _client.CodeAsync(person));
        using HttpResponseMessage answer = await _client.UserInfoAsync(Access(tokens));
        JsonElement claims = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(person, claims.GetProperty("sub").GetString());
        Assert.Equal(person + "@example.com", claims.GetProperty("email").GetString());
        Assert.Equal(verified, claims.GetProperty("email_verified").GetBoolean());
        Assert.Equal(groups, claims.GetProperty("groups").GetRawText());
        using HttpResponseMessage picture = await _client.Http.GetAsync(Url(claims, "picture"));
        Assert.Equal("image/svg+xml", picture.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Somebody_else_signs_in_with_the_name_mail_and_groups_of_the_form()
    {
        using HttpResponseMessage page = await _client.AuthorizeAsync(_client.Parameters());
        using HttpResponseMessage answer = await _client.PickAsync(
            page,
            "other",
            static fields =>
            {
                fields["name"] = "Zoe <Z>";
                fields["email"] = "zoe@example.com";
                fields["groups"] = "a, b";
            }
        );
        (_, JsonElement tokens) = await _client.RedeemAsync(ProviderClient.Answer(answer)["code"]);
        using HttpResponseMessage info = await _client.UserInfoAsync(Access(tokens));
        JsonElement claims = await info.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("Zoe <Z>", claims.GetProperty("name").GetString());
        Assert.Equal("[\"a\",\"b\"]", claims.GetProperty("groups").GetRawText());
    }

    [Fact]
    public async Task Deny_returns_access_denied_with_the_state()
    {
        using HttpResponseMessage page = await _client.AuthorizeAsync(_client.Parameters());
        using HttpResponseMessage answer = await _client.PickAsync(page, "deny");
        Dictionary<string, string> parameters = ProviderClient.Answer(answer);
        Assert.Equal("access_denied", parameters["error"]);
        Assert.Equal(ProviderClient.State, parameters["state"]);
    }

    [Fact]
    public async Task Choice_posted_by_another_site_is_only_shown_the_page()
    {
        using HttpResponseMessage page = await _client.AuthorizeAsync(_client.Parameters());
        using HttpResponseMessage answer = await _client.PickAsync(page, "admin", site: "cross-site");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("Who are you?", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_names_the_demo_and_escapes_what_the_client_sent()
    {
        Dictionary<string, string> parameters = _client.Parameters();
        parameters["state"] = "\"><script>alert(1)</script>";
        using HttpResponseMessage page = await _client.AuthorizeAsync(parameters);
        string text = await page.Content.ReadAsStringAsync();
        Assert.Contains(DemoTerminal.Banner, text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", text, StringComparison.Ordinal);
        Assert.Equal("true", page.Headers.GetValues("X-Pomerium-Demo").Single());
        using HttpResponseMessage answer = await _client.PickAsync(page, "guest");
        Assert.Equal(parameters["state"], ProviderClient.Answer(answer)["state"]);
    }

    [Theory]
    [InlineData("client_id", "somebody-else")]
    [InlineData("redirect_uri", "https://evil.test/oauth2/callback")]
    [InlineData("redirect_uri", "https://authenticate.localhost:8443/oauth2/callback/")]
    public async Task Unknown_client_or_address_is_answered_without_a_redirect(string name, string value)
    {
        Dictionary<string, string> parameters = _client.Parameters();
        parameters[name] = value;
        using HttpResponseMessage answer = await _client.AuthorizeAsync(parameters);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(answer.Headers.Location);
    }

    [Theory]
    [InlineData("state", null)]
    [InlineData("nonce", null)]
    [InlineData("code_challenge", null)]
    [InlineData("code_challenge_method", "plain")]
    [InlineData("response_type", "token")]
    public async Task Question_without_its_protections_gets_no_page(string name, string? value)
    {
        Dictionary<string, string> parameters = _client.Parameters();
        parameters.Remove(name);
        if (value is not null)
        {
            parameters[name] = value;
        }
        using HttpResponseMessage answer = await _client.AuthorizeAsync(parameters);
        Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain("code=", answer.Headers.Location?.Query ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_verifier_or_secret_gets_no_token()
    {
        string code = await _client.CodeAsync("guest");
        (HttpStatusCode status, JsonElement body) = await _client.RedeemAsync(code, new string('x', 43));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("invalid_grant", body.GetProperty("error").GetString());
        Dictionary<string, string> fields = new(StringComparer.Ordinal)
        {
            ["grant_type"] = "refresh_token",
            ["refresh_token"] = "x",
        };
        (status, body) = await _client.TokenAsync(fields, secret: "wrong");
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Equal("invalid_client", body.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Code_that_comes_twice_ends_what_the_first_use_gave()
    {
        string code = await _client.CodeAsync("guest");
        (_, JsonElement tokens) = await _client.RedeemAsync(code);
        (HttpStatusCode status, JsonElement body) = await _client.RedeemAsync(code);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("invalid_grant", body.GetProperty("error").GetString());
        using HttpResponseMessage info = await _client.UserInfoAsync(Access(tokens));
        Assert.Equal(HttpStatusCode.Unauthorized, info.StatusCode);
        (status, _) = await _client.RefreshAsync(Refresh(tokens));
        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    [Fact]
    public async Task Refresh_tokens_rotate_and_an_old_one_ends_the_grant()
    {
        (_, JsonElement first) = await _client.RedeemAsync(await _client.CodeAsync("admin"));
        (HttpStatusCode status, JsonElement second) = await _client.RefreshAsync(Refresh(first));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.NotEqual(Refresh(first), Refresh(second));
        Assert.True(second.TryGetProperty("id_token", out _));
        using (HttpResponseMessage info = await _client.UserInfoAsync(Access(second)))
        {
            Assert.Equal(HttpStatusCode.OK, info.StatusCode);
        }
        (status, _) = await _client.RefreshAsync(Refresh(first));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        (status, _) = await _client.RefreshAsync(Refresh(second));
        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    [Fact]
    public async Task Client_may_send_its_secret_in_the_form()
    {
        (_, JsonElement tokens) = await _client.RedeemAsync(await _client.CodeAsync("admin"));
        Dictionary<string, string> fields = new(StringComparer.Ordinal)
        {
            ["grant_type"] = "refresh_token",
            ["refresh_token"] = Refresh(tokens),
        };
        (HttpStatusCode status, _) = await _client.TokenAsync(fields, inForm: true);
        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Theory]
    [InlineData("refresh_token")]
    [InlineData("access_token")]
    public async Task Revoked_token_takes_the_grant_with_it(string token)
    {
        (_, JsonElement tokens) = await _client.RedeemAsync(await _client.CodeAsync("admin"));
        Dictionary<string, string> fields = new(StringComparer.Ordinal)
        {
            ["token"] = tokens.GetProperty(token).GetString()!,
            ["token_type_hint"] = token,
        };
        (HttpStatusCode status, _) = await _client.TokenAsync(fields, "revoke");
        Assert.Equal(HttpStatusCode.OK, status);
        using HttpResponseMessage info = await _client.UserInfoAsync(Access(tokens));
        Assert.Equal(HttpStatusCode.Unauthorized, info.StatusCode);
    }

    [Fact]
    public async Task Silent_question_is_answered_for_a_remembered_person_only()
    {
        Dictionary<string, string> silent = _client.Parameters();
        silent["prompt"] = "none";
        using (HttpResponseMessage answer = await _client.AuthorizeAsync(silent))
        {
            Assert.Equal("login_required", ProviderClient.Answer(answer)["error"]);
        }
        await _client.CodeAsync("guest");
        using HttpResponseMessage again = await _client.AuthorizeAsync(silent);
        Assert.Contains("code", ProviderClient.Answer(again).Keys);
    }

    [Fact]
    public async Task Sign_out_asks_forgets_the_person_and_returns_to_the_registered_address()
    {
        (_, JsonElement tokens) = await _client.RedeemAsync(await _client.CodeAsync("guest"));
        string query =
            $"logout?client_id={_settings.ClientId}&id_token_hint={tokens.GetProperty("id_token").GetString()}"
            + $"&post_logout_redirect_uri={Uri.EscapeDataString(_settings.PostLogoutRedirectUri)}";
        using HttpResponseMessage page = await _client.Http.GetAsync(new Uri(_client.Browser, query));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        using HttpResponseMessage answer = await _client.PickAsync(page, "");
        Assert.Equal(_settings.PostLogoutRedirectUri, answer.Headers.Location!.ToString());
        Dictionary<string, string> silent = _client.Parameters();
        silent["prompt"] = "none";
        using HttpResponseMessage after = await _client.AuthorizeAsync(silent);
        Assert.Equal("login_required", ProviderClient.Answer(after)["error"]);
    }

    [Fact]
    public async Task Sign_out_to_a_foreign_address_is_refused()
    {
        using HttpResponseMessage answer = await _client.Http.GetAsync(
            new Uri(_client.Browser, "logout?post_logout_redirect_uri=https%3A%2F%2Fevil.test%2F")
        );
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Foreign_host_name_is_refused()
    {
        HttpRequestMessage request = new(HttpMethod.Get, ".well-known/openid-configuration");
        request.Headers.Host = "rebound.example.com";
        using HttpResponseMessage answer = await _client.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    private async Task<JsonElement> DiscoveryAsync() =>
        await _client.Http.GetFromJsonAsync<JsonElement>(new Uri(".well-known/openid-configuration", UriKind.Relative));

    private static Uri Url(JsonElement document, string name) => new(document.GetProperty(name).GetString()!);

    private static string[] Texts(JsonElement document, string name) =>
        [.. document.GetProperty(name).EnumerateArray().Select(static e => e.GetString()!)];

    private static string Access(JsonElement tokens) => tokens.GetProperty("access_token").GetString()!;

    private static string Refresh(JsonElement tokens) => tokens.GetProperty("refresh_token").GetString()!;
}
