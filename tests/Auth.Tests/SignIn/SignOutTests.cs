using Pomerium.Fast.Auth.SignIn;
using static Pomerium.Fast.Auth.Tests.SignIn.SignInRig;

namespace Pomerium.Fast.Auth.Tests.SignIn;

/// <summary>Sign-out (identity 3.5) and IA-53 to IA-57.</summary>
public sealed class SignOutTests
{
    private const string Url = "https://app.example.com/.pomerium/sign_out";

    private static async Task<Browser> SignedInAsync(SignInRig rig)
    {
        Browser browser = rig.NewBrowser();
        await browser.GetAsync(await rig.SignInAsync(browser));
        return browser;
    }

    private static async Task<bool> IsSignedInAsync(Browser browser) =>
        Assert.IsType<UserInfoAnswer>(await browser.GetAsync("https://app.example.com/.pomerium/")).User is not null;

    public enum Expected
    {
        Executes,
        Refused,
        Asks,
    }

    /// <summary>The table of identity 3.5, row by row.</summary>
    [Theory]
    [InlineData("POST", "valid", "", "", "", "", Expected.Executes)]
    [InlineData("POST", "valid", "cross-site", "", "", "https://evil.test", Expected.Executes)]
    [InlineData("POST", "wrong", "same-origin", "", "", "", Expected.Refused)]
    [InlineData("POST", "", "same-origin", "", "", "", Expected.Executes)]
    [InlineData("POST", "", "", "", "", "https://app.example.com", Expected.Executes)]
    [InlineData("POST", "", "", "", "", "https://evil.test", Expected.Refused)]
    [InlineData("POST", "", "", "", "", "null", Expected.Refused)]
    [InlineData("POST", "", "", "", "", "", Expected.Refused)]
    [InlineData("POST", "", "cross-site", "", "", "https://app.example.com", Expected.Refused)]
    [InlineData("POST", "", "same-site", "", "", "", Expected.Refused)]
    [InlineData("GET", "", "same-origin", "navigate", "document", "", Expected.Executes)]
    [InlineData("GET", "", "same-origin", "navigate", "iframe", "", Expected.Asks)]
    [InlineData("GET", "", "same-origin", "no-cors", "image", "", Expected.Asks)]
    [InlineData("GET", "valid", "cross-site", "navigate", "document", "", Expected.Executes)]
    [InlineData("GET", "wrong", "", "", "", "", Expected.Asks)]
    [InlineData("GET", "", "cross-site", "navigate", "document", "", Expected.Asks)]
    [InlineData("GET", "", "none", "navigate", "document", "", Expected.Asks)]
    [InlineData("GET", "", "", "", "", "", Expected.Asks)]
    public async Task Only_a_proven_wish_signs_out(
        string method,
        string token,
        string site,
        string mode,
        string dest,
        string origin,
        Expected expected
    )
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = await SignedInAsync(rig);
        string id = Assert.Single(await rig.SessionsAsync()).Id;
        QueryParameters fields = new();
        fields.SetIfAny("csrf_token", token == "valid" ? rig.Flow.SignOutToken(id, App) : token);
        string query = method == "GET" && fields.Count > 0 ? "?" + fields.Encode() : "";
        FlowAnswer answer = await browser.SendAsync(
            method,
            Url + query,
            method == "POST" ? fields : null,
            r => r with { SecFetchSite = site, SecFetchMode = mode, SecFetchDest = dest, Origin = origin }
        );
        switch (expected)
        {
            case Expected.Executes:
                Assert.StartsWith(
                    "https://authenticate.example.com/.pomerium/sign_out?",
                    Location(answer),
                    StringComparison.Ordinal
                );
                break;
            case Expected.Asks:
                Assert.Equal(rig.Flow.SignOutToken(id, App), Assert.IsType<ConfirmSignOutAnswer>(answer).CsrfToken);
                break;
            default:
                Refused(answer, 400);
                break;
        }
        Assert.Equal(expected != Expected.Executes, await IsSignedInAsync(browser));
    }

    private static Task<FlowAnswer> LinkAsync(Browser browser, string url = Url) =>
        browser.GetAsync(
            url,
            static r => r with { SecFetchSite = "same-origin", SecFetchMode = "navigate", SecFetchDest = "document" }
        );

    [Fact]
    public async Task A_sign_out_ends_the_session_everywhere_and_at_the_provider()
    {
        // IA-57
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = await SignedInAsync(rig);
        string raw = browser.Cookie(App, "_pomerium")!;
        string idToken = Assert.Single(await rig.SessionsAsync()).IdToken!.Raw;
        string next = Location(await LinkAsync(browser));
        Assert.Null(browser.Cookie(App, "_pomerium"));
        browser.Set(App, "_pomerium", raw);
        Assert.False(await IsSignedInAsync(browser));

        string end = Location(await browser.GetAsync(next));
        Assert.StartsWith(rig.Provider.Issuer + "/end?", end, StringComparison.Ordinal);
        QueryParameters query = ScriptedProvider.QueryOf(end);
        Assert.Equal(idToken, query["id_token_hint"]);
        Assert.Equal("client", query["client_id"]);
        Assert.Equal("https://authenticate.example.com/.pomerium/signed_out", query["post_logout_redirect_uri"]);
        Assert.Empty(await rig.SessionsAsync());
        Assert.Null(browser.Cookie(SignInHost, "_pomerium_authenticate"));
        Assert.Equal(["refresh_token:refresh-1", "access_token:access-1"], rig.Provider.Revoked);
    }

    [Fact]
    public async Task IA_55_A_signed_sign_out_of_somebody_else_asks()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser attacker = await SignedInAsync(rig);
        Browser victim = await SignedInAsync(rig);
        string url = Location(await LinkAsync(attacker));
        Assert.IsType<ConfirmSignOutAnswer>(await victim.GetAsync(url));
        Assert.True(await IsSignedInAsync(victim));
    }

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "https://evil.test/")]
    public async Task IA_56_A_target_is_taken_only_where_the_flag_allows_it(bool allowed, string expected)
    {
        await using SignInRig rig = await SignInRig.StartAsync(null, ("allow_any_sign_out_redirect_uri", allowed));
        Browser browser = await SignedInAsync(rig);
        string asked = Url + "?pomerium_redirect_uri=https%3A%2F%2Fevil.test%2F";
        Assert.Equal(expected, Assert.IsType<ConfirmSignOutAnswer>(await browser.GetAsync(asked)).RedirectUri);
        string next = Location(await LinkAsync(browser, asked));
        Assert.Equal(expected, ScriptedProvider.QueryOf(next)["pomerium_redirect_uri"]);
    }

    [Fact]
    public async Task IA_54_A_token_after_the_sign_out_finds_nothing_to_do()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = await SignedInAsync(rig);
        string token = rig.Flow.SignOutToken(Assert.Single(await rig.SessionsAsync()).Id, App);
        await LinkAsync(browser);
        FlowAnswer answer = await browser.SendAsync("POST", Url, new QueryParameters().Set("csrf_token", token));
        Assert.Equal("https://authenticate.example.com/.pomerium/signed_out", Location(answer));
    }

    [Fact]
    public async Task IA_54_A_token_of_another_session_is_refused()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = await SignedInAsync(rig);
        string token = rig.Flow.SignOutToken("another", App);
        Refused(await browser.SendAsync("POST", Url, new QueryParameters().Set("csrf_token", token)), 400);
        Assert.True(await IsSignedInAsync(browser));
    }

    [Fact]
    public async Task Without_a_provider_page_the_user_ends_at_the_operators_target()
    {
        await using SignInRig rig = await SignInRig.StartAsync(static s =>
            s with
            {
                Identity = s.Identity with { SignOutRedirectUrl = new Uri("https://bye.example.com/") },
            }
        );
        rig.Provider.Discovery = static d => d.Remove("end_session_endpoint");
        Browser browser = await SignedInAsync(rig);
        Assert.Equal("https://bye.example.com/", Location(await browser.GetAsync(Location(await LinkAsync(browser)))));
    }

    [Fact]
    public async Task A_provider_that_fails_does_not_keep_the_user_signed_in()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        rig.Provider.Discovery = static d => d["revocation_endpoint"] = "http://127.0.0.1:1/";
        Browser browser = await SignedInAsync(rig);
        Assert.IsType<RedirectAnswer>(await browser.GetAsync(Location(await LinkAsync(browser))));
        Assert.Empty(await rig.SessionsAsync());
    }
}
