using System.Text.Json.Nodes;
using Pomerium.Fast.Auth.Credentials;
using Pomerium.Fast.Auth.SignIn;
using Pomerium.Fast.State.Records;
using static Pomerium.Fast.Auth.Tests.SignIn.SignInRig;

namespace Pomerium.Fast.Auth.Tests.SignIn;

/// <summary>What comes back from the provider under attack: identity 9, IA-15 to IA-30.</summary>
public sealed class ProviderAnswerAttackTests
{
    private static async Task<string> AskedAsync(SignInRig rig, Browser browser) =>
        rig.Provider.Approve(Location(await browser.GetAsync(rig.Begin(browser))));

    private static string WithState(string callback, string state)
    {
        QueryParameters query = ScriptedProvider.QueryOf(callback);
        return callback[..(callback.IndexOf('?') + 1)] + query.Set("state", state).Encode();
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("another browser's")]
    [InlineData("forged")]
    public async Task IA_15_IA_16_The_answer_must_come_back_to_the_browser_that_asked(string cookie)
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        string callback = await AskedAsync(rig, browser);
        Browser victim = rig.NewBrowser();
        if (cookie == "another browser's")
        {
            await AskedAsync(rig, victim);
        }
        else if (cookie == "forged")
        {
            victim.Set(SignInHost, "_pomerium_csrf", Base64Text.Bare(new byte[72]));
        }
        Refused(await victim.GetAsync(callback), 400, "invalid CSRF token");
        Assert.Empty(await rig.SessionsAsync());
    }

    [Theory]
    [InlineData(301, "timestamp expired")]
    [InlineData(-360, "timestamp too soon")]
    public async Task IA_17_A_state_lives_five_minutes_around_its_making(int seconds, string text)
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        // The cookie is made at the later moment, so that it is the state that is out of time.
        rig.Clock.Turn(TimeSpan.FromSeconds(Math.Min(seconds, 0)));
        await AskedAsync(rig, browser);
        rig.Clock.Turn(TimeSpan.FromSeconds(-Math.Min(seconds, 0)));
        string callback = await AskedAsync(rig, browser);
        rig.Clock.Turn(TimeSpan.FromSeconds(seconds));
        ErrorAnswer error = Refused(await browser.GetAsync(callback), 400, text);
        Assert.Equal(Target, error.Next!.Url);
        Assert.Contains("clock", error.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IA_17_The_time_in_a_state_cannot_be_changed()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        string callback = await AskedAsync(rig, browser);
        Assert.True(Base64Text.TryRead(ScriptedProvider.QueryOf(callback)["state"], out byte[]? state));
        state[Array.IndexOf(state, (byte)'|') + 1] ^= 1;
        Refused(await browser.GetAsync(WithState(callback, Base64Text.Padded(state))), 400, "decryption failed");
    }

    [Theory]
    [InlineData("%%%", "bad bytes")]
    [InlineData("YWJj", "state malformed, size: 1")]
    [InlineData("YXxifGM=", "state malformed, size: 3")]
    [InlineData("YXxifGN8", "cryptutil: invalid input size: 0")]
    public async Task A_state_that_is_none_says_what_it_is(string state, string text)
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        string callback = await AskedAsync(rig, browser);
        Refused(await browser.GetAsync(WithState(callback, state)), 400, text);
    }

    [Theory]
    [InlineData(false, "https://authenticate.example.com/.pomerium/", "decryption failed")]
    [InlineData(true, "https://evil.test/.pomerium/", "does not lead back")]
    [InlineData(true, "https://authenticate.example.com.evil.test/.pomerium/", "does not lead back")]
    public async Task IA_18_IA_19_A_state_is_ours_and_leads_back_to_us(bool ourKey, string url, string text)
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        string callback = await AskedAsync(rig, browser);
        string state = LoginState.Make(
            ourKey ? TestConfig.CookieSecret : new byte[32],
            new byte[32],
            rig.Clock.GetUtcNow(),
            url
        );
        Refused(await browser.GetAsync(WithState(callback, state)), 400, text);
    }

    [Theory]
    [InlineData("access_denied", 401)]
    [InlineData("unauthorized_client", 401)]
    [InlineData("server_error", 400)]
    [InlineData("<script>", 400)]
    public async Task IA_20_An_error_of_the_provider_is_shown_as_text(string error, int status)
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        string url =
            "https://authenticate.example.com/oauth2/callback?" + new QueryParameters().Set("error", error).Encode();
        Refused(await rig.NewBrowser().GetAsync(url), status, "identity provider: " + error);
    }

    [Fact]
    public async Task IA_21_A_code_is_good_once()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        string callback = await AskedAsync(rig, browser);
        await browser.GetAsync(callback);
        Refused(await browser.GetAsync(callback), 400, "pkce verifier");
        Assert.Single(await rig.SessionsAsync());

        browser.Remove(SignInHost, "_pomerium_authenticate");
        string other = await AskedAsync(rig, browser);
        QueryParameters query = ScriptedProvider.QueryOf(other);
        string used = ScriptedProvider.QueryOf(callback)["code"];
        Refused(
            await browser.GetAsync(other[..(other.IndexOf('?') + 1)] + query.Set("code", used).Encode()),
            400,
            "used before or is too old"
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task IA_22_A_code_of_somebody_else_does_not_fit_my_state(bool pkce)
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        if (!pkce)
        {
            rig.Provider.Discovery = static d => d.Remove("code_challenge_methods_supported");
        }
        Browser victim = rig.NewBrowser();
        string mine = await AskedAsync(rig, victim);
        string attackers = await AskedAsync(rig, rig.NewBrowser());
        QueryParameters query = ScriptedProvider.QueryOf(mine);
        query.Set("code", ScriptedProvider.QueryOf(attackers)["code"]);
        string injected = mine[..(mine.IndexOf('?') + 1)] + query.Encode();
        Refused(await victim.GetAsync(injected), pkce ? 400 : 502);
        Assert.Empty(await rig.SessionsAsync());
    }

    [Theory]
    [InlineData("removed")]
    [InlineData("altered")]
    [InlineData("of another state")]
    [InlineData("old")]
    public async Task IA_23_The_verifier_must_be_there_and_young(string fault)
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        string callback = await AskedAsync(rig, browser);
        string name = browser.CookieNames(SignInHost).Single(static n => n.Contains("pkce", StringComparison.Ordinal));
        string value = browser.Cookie(SignInHost, name)!;
        switch (fault)
        {
            case "removed":
                browser.Remove(SignInHost, name);
                break;
            case "altered":
                browser.Set(SignInHost, name, "AAAA" + value[4..]);
                break;
            case "of another state":
                string second = await AskedAsync(rig, browser);
                string own = browser
                    .CookieNames(SignInHost)
                    .Single(n => n.Contains("pkce", StringComparison.Ordinal) && n != name);
                browser.Set(SignInHost, own, value);
                callback = second;
                break;
            default:
                browser.Set(SignInHost, name, OldVerifier(name, rig.Clock.GetUtcNow().AddSeconds(-301)));
                break;
        }
        Refused(await browser.GetAsync(callback), 400, "pkce verifier expired or missing");
    }

    private static string OldVerifier(string name, DateTimeOffset made) =>
        Base64Text.Bare(
            Aead.Seal(
                TestConfig.CookieSecret,
                System.Text.Encoding.ASCII.GetBytes($$"""{"v":"x","iat":{{made.ToUnixTimeSeconds()}}}"""),
                System.Text.Encoding.ASCII.GetBytes(name)
            )
        );

    [Theory]
    [InlineData("none")]
    [InlineData("HS256 with the client secret")]
    [InlineData("HS256 with the public key")]
    [InlineData("unknown kid")]
    [InlineData("kid with a path")]
    [InlineData("embedded jwk")]
    public async Task IA_25_A_token_is_signed_by_a_published_key_or_refused(string fault)
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        ScriptedProvider provider = rig.Provider;
        provider.Mint = payload =>
            fault switch
            {
                "none" => ScriptedProvider.SignWith(payload, "none", []),
                "HS256 with the client secret" => ScriptedProvider.SignWith(
                    payload,
                    "HS256",
                    System.Text.Encoding.UTF8.GetBytes(ScriptedProvider.ClientSecret)
                ),
                "HS256 with the public key" => ScriptedProvider.SignWith(payload, "HS256", provider.PublicPem),
                "kid with a path" => provider.Sign(payload, "../../etc/passwd"),
                "embedded jwk" => provider.Sign(
                    payload,
                    "k2",
                    extra: new JsonObject { ["jku"] = provider.Issuer + "/evil", ["x5u"] = provider.Issuer + "/evil" }
                ),
                _ => provider.Sign(payload, "k2"),
            };
        Browser browser = rig.NewBrowser();
        Refused(await browser.GetAsync(await AskedAsync(rig, browser)), 502, "does not hold");
        Assert.Empty(await rig.SessionsAsync());
        Assert.DoesNotContain("/evil", provider.Calls);
    }

    [Theory]
    [InlineData("iss", "\"https://evil.test\"")]
    [InlineData("aud", "\"other\"")]
    [InlineData("aud", "[\"client\",\"other\"]")]
    [InlineData("azp", "\"other\"")]
    [InlineData("exp", "1789999900")]
    [InlineData("iat", "1790000400")]
    [InlineData("nonce", "\"other\"")]
    [InlineData("nonce", "null")]
    [InlineData("sub", "null")]
    public async Task IA_26_A_token_that_is_not_for_us_now_is_refused(string claim, string json)
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        rig.Provider.Claims = payload =>
        {
            payload.Remove(claim);
            if (JsonNode.Parse(json) is { } value)
            {
                payload[claim] = value;
            }
        };
        Browser browser = rig.NewBrowser();
        Refused(await browser.GetAsync(await AskedAsync(rig, browser)), 502, "does not hold");
        Assert.Empty(await rig.SessionsAsync());
    }

    [Fact]
    public async Task IA_27_Userinfo_must_speak_of_the_same_subject()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        rig.Provider.UserInfo = static info => info["sub"] = "mallory";
        Browser browser = rig.NewBrowser();
        Refused(await browser.GetAsync(await AskedAsync(rig, browser)), 502);
        Assert.Empty(await rig.SessionsAsync());
    }

    [Fact]
    public async Task IA_28_Claims_do_not_reach_the_handle()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        rig.Provider.Claims = static payload =>
        {
            payload["jti"] = "mine";
            payload["idp_id"] = "mine";
            payload["databroker_record_version"] = 99999;
            payload["sid"] = "mine";
            payload["impersonate_email"] = "root@example.com";
        };
        Browser browser = rig.NewBrowser();
        await browser.GetAsync(await rig.SignInAsync(browser));
        SessionHandle handle = new HandleCodec(TestConfig.SharedSecret).Verify(
            browser.Cookie(App, "_pomerium")!,
            out _
        )!;
        SessionRecord session = Assert.Single(await rig.SessionsAsync());
        Assert.Equal(session.Id, handle.Id);
        Assert.True(Guid.TryParse(session.Id, out _));
        Assert.Equal(rig.Providers.Ids.Default, handle.ProviderId);
        Assert.NotEqual(99999UL, handle.Version.Record);
    }

    [Theory]
    [InlineData("issuer", "\"https://evil.test\"")]
    [InlineData("token_endpoint", "\"file:///etc/passwd\"")]
    [InlineData("jwks_uri", "\"ftp://evil.test/\"")]
    [InlineData("authorization_endpoint", "null")]
    public async Task IA_29_A_discovery_document_that_lies_is_not_used(string member, string json)
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        rig.Provider.Discovery = document => document[member] = JsonNode.Parse(json);
        Browser browser = rig.NewBrowser();
        Refused(await browser.GetAsync(rig.Begin(browser)), 500);
    }

    [Theory]
    [InlineData(200, "[]")]
    [InlineData(200, "<html>")]
    [InlineData(302, "")]
    [InlineData(200, "big")]
    public async Task IA_29_A_discovery_document_that_is_none_is_not_used(int status, string body)
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        rig.Provider.DiscoveryAnswer = (status, body == "big" ? new string(' ', 2_000_000) + "{}" : body);
        Browser browser = rig.NewBrowser();
        Refused(await browser.GetAsync(rig.Begin(browser)), 500);
    }

    [Fact]
    public async Task IA_30_The_provider_is_that_of_the_state()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        string other = Location(await browser.GetAsync(rig.Begin(browser, "https://other.example.com/", route: 2)));
        string callback = rig.Provider.Approve(other);
        // The token names the default client, the state the other one: nobody is signed in.
        Refused(await browser.GetAsync(callback), 502, "does not hold");
        Assert.Empty(await rig.SessionsAsync());
    }

    [Theory]
    [InlineData(503, "{}", 502)]
    [InlineData(400, """{"error":"invalid_grant"}""", 400)]
    [InlineData(400, """{"error":"invalid_scope"}""", 500)]
    [InlineData(200, "not json", 502)]
    [InlineData(200, "{}", 502)]
    public async Task A_token_endpoint_that_fails_is_named(int status, string body, int expected)
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        rig.Provider.TokenAnswer = (status, body);
        Browser browser = rig.NewBrowser();
        ErrorAnswer error = Refused(await browser.GetAsync(await AskedAsync(rig, browser)), expected);
        Assert.StartsWith(
            "authenticate.OAuthCallback: error redeeming authenticate code",
            error.Cause,
            StringComparison.Ordinal
        );
        Assert.Empty(await rig.SessionsAsync());
    }
}
