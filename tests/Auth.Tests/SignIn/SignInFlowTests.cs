using Pomerium.Fast.Auth.Credentials;
using Pomerium.Fast.Auth.SignIn;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.State.Records;
using static Pomerium.Fast.Auth.Tests.SignIn.SignInRig;

namespace Pomerium.Fast.Auth.Tests.SignIn;

public sealed class SignInFlowTests
{
    [Fact]
    public async Task A_user_signs_in_and_ends_where_he_wanted_to_go()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        string callback = await rig.SignInAsync(browser);
        Assert.StartsWith("https://app.example.com/.pomerium/callback/?", callback, StringComparison.Ordinal);
        Assert.Equal(Target, Location(await browser.GetAsync(callback)));

        SessionRecord session = Assert.Single(await rig.SessionsAsync());
        HandleCodec codec = new(TestConfig.SharedSecret);
        SessionHandle handle = codec.Verify(browser.Cookie(App, "_pomerium")!, out _)!;
        Assert.Equal(session.Id, handle.Id);
        Assert.Equal("alice", handle.UserId);
        Assert.Equal(rig.Providers.Ids.Default, handle.ProviderId);
        Assert.Equal(SignInHost, handle.Issuer);
        Assert.Equal(new[] { SignInHost, App }, handle.Audience.ToArray());
        Assert.NotEqual(0UL, handle.Version.Record);

        Assert.Equal("alice", session.UserId);
        Assert.Equal(rig.Clock.GetUtcNow() + TimeSpan.FromHours(14), session.ExpiresAt);
        Assert.Equal("refresh-1", session.OAuthToken!.RefreshToken);
        Assert.Equal("alice", session.IdToken!.Subject);
        Assert.Equal(new object[] { "admins", "eng" }, session.Claims["groups"].ToArray());
        Assert.Equal("CH", session.Claims.Text("address.country"));
        Assert.Equal(new object[] { true }, session.Claims["email_verified"].ToArray());
        UserRecord user = (await rig.Store.GetUserAsync("alice", default))!;
        Assert.Equal(("Alice", "alice@example.com"), (user.Name, user.Email));
    }

    [Fact]
    public async Task A_second_host_needs_no_provider()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        await browser.GetAsync(await rig.SignInAsync(browser));
        int calls = rig.Provider.Calls.Count;
        const string second = "https://two.apps.example.com/";
        string callback = Location(await browser.GetAsync(rig.Begin(browser, second, route: 1)));
        Assert.Equal(second, Location(await browser.GetAsync(callback)));
        Assert.Equal(calls, rig.Provider.Calls.Count);
        Assert.Single(await rig.SessionsAsync());
    }

    [Fact]
    public async Task The_authorization_request_carries_state_nonce_and_challenge()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        string authorize = Location(await browser.GetAsync(rig.Begin(browser)));
        QueryParameters query = ScriptedProvider.QueryOf(authorize);
        Assert.StartsWith(rig.Provider.Issuer + "/authorize?", authorize, StringComparison.Ordinal);
        Assert.Equal("client", query["client_id"]);
        Assert.Equal("https://authenticate.example.com/oauth2/callback", query["redirect_uri"]);
        Assert.Equal("openid profile email offline_access", query["scope"]);
        Assert.Equal("S256", query["code_challenge_method"]);
        Assert.Equal(43, query["code_challenge"].Length);
        Assert.Equal(LoginStart.Nonce(query["state"]), query["nonce"]);
        Assert.Contains("_pomerium_csrf", browser.CookieNames(SignInHost));
        Assert.Contains(
            browser.CookieNames(SignInHost),
            static n => n.StartsWith("_pomerium_pkce_", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Two_tabs_share_the_csrf_cookie_and_both_arrive()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        string first = Location(await browser.GetAsync(rig.Begin(browser)));
        string second = Location(await browser.GetAsync(rig.Begin(browser, "https://app.example.com/two")));
        Assert.IsType<RedirectAnswer>(await browser.GetAsync(rig.Provider.Approve(first)));
        Assert.IsType<RedirectAnswer>(await browser.GetAsync(rig.Provider.Approve(second)));
    }

    [Fact]
    public async Task A_provider_without_S256_gets_no_challenge_and_never_plain()
    {
        // IA-24
        await using SignInRig rig = await SignInRig.StartAsync();
        rig.Provider.Discovery = static d =>
            d["code_challenge_methods_supported"] = new System.Text.Json.Nodes.JsonArray("plain");
        Browser browser = rig.NewBrowser();
        string authorize = Location(await browser.GetAsync(rig.Begin(browser)));
        Assert.DoesNotContain("code_challenge", authorize, StringComparison.Ordinal);
        Assert.IsType<RedirectAnswer>(await browser.GetAsync(rig.Provider.Approve(authorize)));
    }

    [Fact]
    public async Task A_provider_that_is_down_is_found_again_once_it_is_up()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        rig.Provider.DiscoveryAnswer = (503, "");
        Browser browser = rig.NewBrowser();
        ErrorAnswer error = Refused(await browser.GetAsync(rig.Begin(browser)), 500);
        Assert.StartsWith("identity/oidc: could not connect to oidc: ", error.Cause, StringComparison.Ordinal);
        rig.Provider.DiscoveryAnswer = null;
        Refused(await browser.GetAsync(rig.Begin(browser)), 500); // the failure is remembered for five seconds
        rig.Clock.Turn(TimeSpan.FromSeconds(5));
        Assert.IsType<RedirectAnswer>(await browser.GetAsync(rig.Begin(browser)));
    }

    [Fact]
    public async Task Another_client_of_a_route_is_another_session()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        await browser.GetAsync(await rig.SignInAsync(browser));
        string authorize = Location(await browser.GetAsync(rig.Begin(browser, "https://other.example.com/", route: 2)));
        Assert.Equal("other-client", ScriptedProvider.QueryOf(authorize)["client_id"]);
        Assert.Null(browser.Cookie(SignInHost, "_pomerium_authenticate"));
    }

    [Fact]
    public async Task With_strict_cookies_the_last_step_is_a_page()
    {
        await using SignInRig rig = await SignInRig.StartAsync(static s =>
            s with
            {
                Identity = s.Identity with { Cookie = new CookieOptions { SameSite = CookieSameSite.Strict } },
            }
        );
        Browser browser = rig.NewBrowser();
        RefreshAnswer answer = Assert.IsType<RefreshAnswer>(await browser.GetAsync(await rig.SignInAsync(browser)));
        Assert.Equal(Target, answer.Target);
        Assert.Contains("SameSite=Strict", Assert.Single(answer.SetCookies), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_that_loses_the_cookie_is_told_instead_of_sent_round()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        await rig.SignInAsync(browser); // the first pass
        for (int pass = 2; pass <= 5; pass++)
        {
            Assert.IsType<RedirectAnswer>(await browser.GetAsync(rig.Begin(browser)));
        }
        Refused(await browser.GetAsync(rig.Begin(browser)), 400, "does not keep the session cookie of app.example.com");
        rig.Clock.Turn(TimeSpan.FromSeconds(31));
        Assert.IsType<RedirectAnswer>(await browser.GetAsync(rig.Begin(browser)));
    }

    [Fact]
    public async Task A_script_is_not_sent_to_the_provider()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        Refused(await browser.GetAsync(rig.Begin(browser), static r => r with { IsScripted = true }), 401);
    }

    [Fact]
    public async Task The_user_info_page_of_the_sign_in_host_signs_in_first()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        const string page = "https://authenticate.example.com/.pomerium/";
        string authorize = Location(await browser.GetAsync(page));
        Assert.Equal(page, Location(await browser.GetAsync(rig.Provider.Approve(authorize))));
        UserInfoAnswer info = Assert.IsType<UserInfoAnswer>(await browser.GetAsync(page));
        Assert.Equal("alice", info.User!.Session.UserId);
    }

    [Fact]
    public async Task A_provider_that_refuses_basic_is_asked_by_form_and_that_is_remembered()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        rig.Provider.RefusesBasic = true;
        await rig.SignInAsync(rig.NewBrowser());
        Assert.Equal(2, rig.Provider.Calls.Count(static c => c == "/token"));
        await rig.SignInAsync(rig.NewBrowser());
        Assert.Equal(3, rig.Provider.Calls.Count(static c => c == "/token"));
        Assert.Equal(ScriptedProvider.ClientSecret, (string?)rig.Provider.LastTokenRequest["client_secret"]);
    }
}
