using System.Text;
using Pomerium.Fast.Auth.Credentials;
using Pomerium.Fast.Auth.SignIn;
using static Pomerium.Fast.Auth.Tests.SignIn.SignInRig;

namespace Pomerium.Fast.Auth.Tests.SignIn;

/// <summary>The signed URLs of the chain under attack: identity 9, IA-01 to IA-14.</summary>
public sealed class CallbackAttackTests
{
    [Fact]
    public async Task IA_01_The_same_browser_may_repeat_its_callback()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        string callback = await rig.SignInAsync(browser);
        await browser.GetAsync(callback);
        string first = browser.Cookie(App, "_pomerium")!;
        Assert.Equal(Target, Location(await browser.GetAsync(callback)));
        Assert.Equal(first, browser.Cookie(App, "_pomerium"));
        Assert.Single(await rig.SessionsAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task IA_02_Nobody_else_can_be_signed_in_by_my_callback(bool victimHasALoginOfHisOwn)
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        string callback = await rig.SignInAsync(rig.NewBrowser());
        Browser victim = rig.NewBrowser();
        if (victimHasALoginOfHisOwn)
        {
            rig.Begin(victim);
        }
        ErrorAnswer error = Refused(await victim.GetAsync(callback), 400, "not started in this browser");
        Assert.Empty(error.SetCookies);
        Assert.Equal(Target, error.Next!.Url);
        Assert.Null(victim.Cookie(App, "_pomerium"));
    }

    [Fact]
    public async Task IA_03_A_callback_ends_after_six_minutes()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        string callback = await rig.SignInAsync(browser);
        rig.Clock.Turn(TimeSpan.FromSeconds(360));
        Assert.IsType<RedirectAnswer>(await browser.GetAsync(callback));
        rig.Clock.Turn(TimeSpan.FromSeconds(1));
        Refused(await browser.GetAsync(callback), 400, "expired");
    }

    [Fact]
    public async Task IA_04_Every_parameter_is_covered_and_their_order_is_free()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        string callback = await rig.SignInAsync(browser);
        string path = callback[..(callback.IndexOf('?') + 1)];
        string[] pairs = callback[path.Length..].Split('&');
        for (int i = 0; i < pairs.Length; i++)
        {
            string[] changed = [.. pairs];
            int at = changed[i].IndexOf('=') + 2;
            changed[i] = changed[i][..at] + (changed[i][at] == 'A' ? 'B' : 'A') + changed[i][(at + 1)..];
            Refused(await browser.GetAsync(path + string.Join('&', changed)), 400);
            Refused(await browser.GetAsync(path + string.Join('&', pairs.Where((_, n) => n != i))), 400);
        }
        Refused(await browser.GetAsync(callback + "&more=1"), 400);
        Assert.Equal(Target, Location(await browser.GetAsync(path + string.Join('&', pairs.Reverse()))));
    }

    [Fact]
    public async Task IA_05_A_callback_belongs_to_its_host()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        string callback = await rig.SignInAsync(browser);
        string moved = callback.Replace("https://app.", "https://x.apps.", StringComparison.Ordinal);
        Refused(await browser.GetAsync(moved), 400, "hmac failed");
    }

    [Fact]
    public async Task IA_06_A_session_cannot_be_moved_into_another_callback()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        string mine = await rig.SignInAsync(browser);
        string other = await rig.SignInAsync(rig.NewBrowser());
        QueryParameters mixed = ScriptedProvider.QueryOf(mine);
        mixed.Set("pomerium_session_encrypted", ScriptedProvider.QueryOf(other)["pomerium_session_encrypted"]);
        Refused(await browser.GetAsync(mine[..(mine.IndexOf('?') + 1)] + mixed.Encode()), 400, "hmac failed");
    }

    public static TheoryData<string> UselessSessions() =>
        [
            "",
            "!!!",
            Base64Text.Padded(new byte[24]),
            Base64Text.Padded(new byte[100]),
            Base64Text.Padded(Aead.Seal(TestConfig.SharedSecret, "no JWT"u8, default)),
            Base64Text.Padded(
                Aead.Seal(
                    TestConfig.SharedSecret,
                    Encoding.ASCII.GetBytes(new HandleCodec(new byte[32]).Encode(new SessionHandle { Id = "x" })),
                    default
                )
            ),
        ];

    [Theory]
    [MemberData(nameof(UselessSessions))]
    public async Task IA_07_IA_08_A_callback_without_a_session_of_ours_sets_no_cookie(string session)
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        rig.Begin(browser);
        string url = rig.Signed(
            "https://app.example.com/.pomerium/callback/",
            new QueryParameters()
                .Set("pomerium_redirect_uri", Target)
                .Set("pomerium_session_encrypted", session)
                .Set("pomerium_login_nonce", LoginBinding.Nonce(browser.Cookie(App, "_pomerium_login")!))
        );
        Assert.Empty(Refused(await browser.GetAsync(url), 400).SetCookies);
    }

    [Theory]
    [InlineData("unsigned")]
    [InlineData("pomerium_signature=x")]
    [InlineData("future")]
    [InlineData("times")]
    [InlineData("expiry")]
    [InlineData("twice")]
    [InlineData("foreign")]
    public async Task IA_09_IA_10_IA_12_A_sign_in_that_is_not_signed_well_never_reaches_the_provider(string fault)
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        string url = rig.Begin(browser);
        QueryParameters query = ScriptedProvider.QueryOf(url);
        string path = url[..(url.IndexOf('?') + 1)];
        string bad = fault switch
        {
            "unsigned" => path + query.Remove("pomerium_signature").Encode(),
            "times" => path + query.Set("pomerium_issued", "now").Encode(),
            "expiry" => path + query.Remove("pomerium_expiry").Encode(),
            "twice" => url + "&pomerium_redirect_uri=" + Uri.EscapeDataString(Target),
            "foreign" => UrlSignature.Sign(new byte[32], path[..^1], query, rig.Clock.GetUtcNow()),
            "future" => url,
            _ => path + query.Set("pomerium_signature", "x").Encode(),
        };
        rig.Clock.Turn(fault == "future" ? TimeSpan.FromMinutes(-2) : TimeSpan.Zero);
        Refused(await browser.GetAsync(bad), 400, "internal/urlutil: ");
        Assert.Empty(rig.Provider.Calls);
    }

    [Fact]
    public async Task IA_11_A_body_does_not_change_a_signed_target()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Browser browser = rig.NewBrowser();
        QueryParameters form = new QueryParameters().Set("pomerium_redirect_uri", "https://evil.test/");
        Refused(await browser.SendAsync("POST", rig.Begin(browser), form), 405);
    }

    [Theory]
    [InlineData("https://nowhere.example.com/")]
    [InlineData("https://app.example.com@evil.test/")]
    [InlineData("//evil.test")]
    [InlineData("javascript:alert(1)")]
    [InlineData("http://app.example.com/")]
    public async Task IA_13_IA_14_A_signed_target_must_still_be_ours(string target)
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        string url = rig.Signed(
            $"https://{SignInHost}/.pomerium/sign_in",
            new QueryParameters().Set("pomerium_idp_id", rig.Providers.Ids.Default).Set("pomerium_redirect_uri", target)
        );
        Refused(await rig.NewBrowser().GetAsync(url), 400, "invalid redirect uri");
    }

    [Fact]
    public async Task An_unknown_provider_id_can_only_be_stale_and_starts_again()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        string url = rig.Signed(
            $"https://{SignInHost}/.pomerium/sign_in",
            new QueryParameters().Set("pomerium_idp_id", "gone").Set("pomerium_redirect_uri", Target)
        );
        ErrorAnswer error = Refused(await rig.NewBrowser().GetAsync(url), 400, "unknown identity provider");
        Assert.Equal(Target, error.Next!.Url);
    }
}
