using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Pomerium.Fast.Auth.Policy;
using Pomerium.Fast.Http.Pipeline;
using static Pomerium.Fast.Server.Tests.ControlPlane.ControlPlaneRig;

namespace Pomerium.Fast.Server.Tests.ControlPlane;

/// <summary>The pages as a browser reads them (identity 7), IA-20, IA-71, IA-72.</summary>
public sealed class PageTests(ControlPlaneRig rig) : IClassFixture<ControlPlaneRig>
{
    private static void IsWellBehaved(HttpResponseMessage answer, IHtmlDocument page)
    {
        string policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("true", answer.Headers.GetValues("X-Pomerium-Intercepted-Response").Single());
        Assert.Equal("en", page.DocumentElement.GetAttribute("lang"));
        Assert.Single(page.QuerySelectorAll("main"));
        Assert.Single(page.QuerySelectorAll("h1"));
        Assert.NotEmpty(page.Title!);
        Assert.Empty(page.QuerySelectorAll("style, [style], [onclick], script:not([src])"));
        Assert.All(
            page.QuerySelectorAll("link[href], script[src]"),
            static e =>
                Assert.StartsWith(
                    "/.pomerium/",
                    e.GetAttribute("href") ?? e.GetAttribute("src"),
                    StringComparison.Ordinal
                )
        );
        Assert.All(page.QuerySelectorAll("img"), static i => Assert.True(i.HasAttribute("alt")));
    }

    [Fact]
    public async Task A_refusal_says_what_it_is_and_how_to_ask_for_help()
    {
        ExchangeFacts facts = new()
        {
            Page = PageKind.Error,
            Status = 403,
            StatusText = "Forbidden",
            Decision = new Decision(false, Reasons.EmailUnauthorized, false, Reasons.None),
        };
        using HttpResponseMessage answer = await rig.SendAsync(HttpMethod.Get, App, "/any", facts);
        Assert.Equal(403, (int)answer.StatusCode);
        Assert.True(answer.Headers.CacheControl is { NoCache: true, MustRevalidate: true });
        IHtmlDocument page = await PageAsync(answer);
        IsWellBehaved(answer, page);
        Assert.Equal("403 Forbidden", page.Title);
        Assert.Equal("11111111-2222-3333-4444-555555555555", page.GetElementById("request-id")!.TextContent);
        Assert.NotNull(page.QuerySelector("a[href='/.pomerium/']"));
        Assert.DoesNotContain("e-mail", page.Body!.TextContent, StringComparison.Ordinal); // no route that shows details
    }

    [Theory]
    [InlineData("/.pomerium/")]
    [InlineData("/.pomerium/nothing")]
    public async Task Every_page_carries_the_notice_of_the_embedding_program(string path)
    {
        rig.Reload(static s => s, notice: "DEMO <only>");
        try
        {
            using HttpResponseMessage answer = await rig.GetAsync(App, path);
            IHtmlDocument page = await PageAsync(answer);
            IsWellBehaved(answer, page);
            Assert.Equal("DEMO <only>", page.QuerySelector("[role=note]")!.TextContent);
        }
        finally
        {
            rig.Reload(static s => s);
        }
        using HttpResponseMessage plain = await rig.GetAsync(App, path);
        Assert.Null((await PageAsync(plain)).QuerySelector("[role=note]"));
    }

    [Fact]
    public async Task Where_the_route_allows_it_a_refusal_says_why_and_what_to_do()
    {
        ExchangeFacts facts = new()
        {
            Page = PageKind.Error,
            Status = 403,
            StatusText = "Forbidden",
            Decision = new Decision(false, Reasons.EmailUnauthorized, false, Reasons.None),
            Route = DetailedRoute(),
        };
        using HttpResponseMessage answer = await rig.SendAsync(HttpMethod.Get, App, "/any", facts);
        IHtmlDocument page = await PageAsync(answer);
        Assert.Equal(
            ["Your e-mail address does not have access."],
            page.QuerySelectorAll(".reasons li").Select(static l => l.TextContent)
        );
        Assert.Contains("If you have another account", page.Body!.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "application/json",
        "application/json",
        "{\"error\":\"Forbidden\",\"request_id\":\"11111111-2222-3333-4444-555555555555\"}"
    )]
    [InlineData(
        "text/plain",
        "text/plain; charset=utf-8",
        "403 Forbidden\nYou do not have access to this page.\nrequest id: 11111111-2222-3333-4444-555555555555\n"
    )]
    public async Task Programs_get_a_short_refusal(string accept, string type, string body)
    {
        ExchangeFacts facts = new()
        {
            Page = PageKind.Error,
            Status = 403,
            StatusText = "Forbidden",
        };
        using HttpResponseMessage answer = await rig.SendAsync(
            HttpMethod.Get,
            App,
            "/any",
            facts,
            null,
            ("Accept", accept)
        );
        Assert.Equal(type, answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(body, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(404, "There is nothing at this address.", "Check the address", "route_not_found")]
    [InlineData(502, "answered in a way", "Try again in a moment", "upstream_reset_before_response_started")]
    [InlineData(503, "cannot be reached right now", "Try again in a moment", "no_healthy_upstream")]
    [InlineData(504, "did not answer in time", "Try again in a moment", "response_timeout")]
    public async Task A_failure_is_told_in_words_with_its_cause(int status, string words, string next, string detail)
    {
        ExchangeFacts facts = new()
        {
            Page = PageKind.Error,
            Status = status,
            StatusText = "Whatever",
            Detail = detail,
        };
        foreach (string accept in new[] { "text/html", "text/plain" })
        {
            using HttpResponseMessage answer = await rig.SendAsync(
                HttpMethod.Get,
                App,
                "/any",
                facts,
                null,
                ("Accept", accept)
            );
            string body = await answer.Content.ReadAsStringAsync();
            Assert.Equal(status, (int)answer.StatusCode);
            Assert.Contains(words, body, StringComparison.Ordinal);
            Assert.Contains(next, body, StringComparison.Ordinal);
            Assert.Contains("11111111-2222-3333-4444-555555555555", body, StringComparison.Ordinal);
            Assert.Equal(accept is "text/html", body.Contains($"<code>{detail}</code>", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task An_endpoints_error_as_json_has_its_own_form()
    {
        using HttpResponseMessage answer = await rig.GetAsync(
            App,
            "/.pomerium/unknown",
            ("Accept", "application/json")
        );
        Assert.Equal(
            """{"Status":404,"description":"app.example.com route unknown","RequestID":"11111111-2222-3333-4444-555555555555"}""",
            await answer.Content.ReadAsStringAsync()
        );
    }

    [Fact]
    public async Task IA_20_The_providers_words_are_text()
    {
        using HttpResponseMessage answer = await rig.GetAsync(
            SignInHost,
            "/oauth2/callback?error=%3Cscript%3Ealert(1)%3C%2Fscript%3E&error_description=%3Cimg%20src%3Dx%3E"
        );
        Assert.Equal(400, (int)answer.StatusCode);
        IHtmlDocument page = await PageAsync(answer);
        IsWellBehaved(answer, page);
        Assert.Empty(page.QuerySelectorAll("main img, main script"));
        Assert.Contains(
            "identity provider: <script>alert(1)</script>: <img src=x>",
            page.Body!.TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_visitor_is_asked_whether_he_has_signed_in()
    {
        using HttpResponseMessage answer = await rig.GetAsync(App, "/.pomerium/");
        IHtmlDocument page = await PageAsync(answer);
        IsWellBehaved(answer, page);
        Assert.Equal("User Details Not Available", page.QuerySelector("h1")!.TextContent);
        Assert.NotNull(page.QuerySelector("a[href='/']"));
        Assert.Empty(page.QuerySelectorAll("nav"));
    }

    [Fact]
    public async Task A_user_sees_his_session_claims_and_groups()
    {
        (string, string) cookie = await rig.SignedInAsync(
            ("name", ["Alice"]),
            ("email", ["alice@example.com"]),
            ("groups", ["admins", "eng"]),
            ("iat", [1_790_000_000d])
        );
        using HttpResponseMessage answer = await rig.GetAsync(App, "/.pomerium/", cookie);
        IHtmlDocument page = await PageAsync(answer);
        IsWellBehaved(answer, page);
        Assert.Equal("Alice", page.QuerySelector("h1")!.TextContent);
        string[] names = [.. page.QuerySelectorAll("th[scope=row]").Select(static t => t.TextContent)];
        Assert.Equal(["Session ID", "User ID", "Expires At", "email", "groups", "iat", "name"], names);
        Assert.Contains("1790000000 (2026-09-21", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(["admins", "eng"], page.QuerySelectorAll(".chips li").Select(static l => l.TextContent));
        Assert.Equal(2, page.QuerySelectorAll("nav a").Length);
        Assert.NotEmpty(page.QuerySelector("form[method=post] input[name=csrf_token]")!.GetAttribute("value")!);
    }

    [Fact]
    public async Task IA_71_Claims_are_text_and_only_https_pictures_are_shown()
    {
        (string, string) cookie = await rig.SignedInAsync(
            ("name", ["<img src=x onerror=alert(1)>"]),
            ("picture", ["javascript:alert(1)"])
        );
        using HttpResponseMessage answer = await rig.GetAsync(App, "/.pomerium/", cookie);
        IHtmlDocument page = await PageAsync(answer);
        IsWellBehaved(answer, page);
        Assert.Empty(page.QuerySelectorAll("main img"));
        Assert.Equal("<img src=x onerror=alert(1)>", page.QuerySelector("h1")!.TextContent);
    }

    [Fact]
    public async Task User_info_as_json_is_the_same_data()
    {
        (string, string) cookie = await rig.SignedInAsync(("groups", ["admins"]));
        using HttpResponseMessage answer = await rig.GetAsync(
            App,
            "/.pomerium/",
            cookie,
            ("Accept", "application/json")
        );
        System.Text.Json.JsonElement json = System.Text.Json.JsonElement.Parse(
            await answer.Content.ReadAsStringAsync()
        );
        Assert.Equal("alice", json.GetProperty("session").GetProperty("userId").GetString());
        Assert.Equal("admins", json.GetProperty("session").GetProperty("claims").GetProperty("groups")[0].GetString());
    }

    [Fact]
    public async Task A_sign_out_that_is_not_proven_asks_and_its_form_does_it()
    {
        (string, string) cookie = await rig.SignedInAsync();
        using HttpResponseMessage asked = await rig.GetAsync(App, "/.pomerium/sign_out", cookie);
        IHtmlDocument page = await PageAsync(asked);
        IsWellBehaved(asked, page);
        Assert.Equal("Confirm Sign Out", page.Title);
        Assert.Contains(
            "form-action 'self' https://authenticate.example.com;",
            asked.Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal
        );
        string token = page.QuerySelector("input[name=csrf_token]")!.GetAttribute("value")!;
        using FormUrlEncodedContent form = new([KeyValuePair.Create("csrf_token", token)]);
        using HttpResponseMessage done = await rig.SendAsync(
            HttpMethod.Post,
            App,
            "/.pomerium/sign_out",
            null,
            form,
            cookie
        );
        Assert.Equal(302, (int)done.StatusCode);
        Assert.Contains("Max-Age=0", done.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_after_a_sign_out_says_so()
    {
        using HttpResponseMessage answer = await rig.GetAsync(SignInHost, "/.pomerium/signed_out");
        IHtmlDocument page = await PageAsync(answer);
        IsWellBehaved(answer, page);
        Assert.Equal("Signed Out", page.Title);
        Assert.Contains("User has been logged out.", page.Body!.TextContent, StringComparison.Ordinal);
    }
}
