using Pomerium.Fast.Auth.Credentials;
using Pomerium.Fast.Auth.SignIn;
using static Pomerium.Fast.Auth.Tests.SignIn.SignInRig;

namespace Pomerium.Fast.Auth.Tests.SignIn;

public sealed class ProgrammaticLoginTests
{
    private static FlowAnswer Login(SignInRig rig, string query, string method = "GET") =>
        rig.Flow.ProgrammaticLogin(
            new FlowRequest
            {
                Method = method,
                Authority = App,
                Path = "/.pomerium/api/v1/login",
                Query = query,
            },
            rig.Providers.Ids.Default
        );

    [Fact]
    public async Task A_program_gets_its_token_by_the_users_browser()
    {
        // IA-63: the token goes to the program only, and no cookie is left behind.
        await using SignInRig rig = await SignInRig.StartAsync();
        TextAnswer text = Assert.IsType<TextAnswer>(
            Login(rig, "pomerium_redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fcb%3Fa%3D1")
        );
        Assert.Equal(200, text.Status);
        QueryParameters query = ScriptedProvider.QueryOf(text.Body);
        Assert.Equal("https://app.example.com/.pomerium/callback/", query["pomerium_callback_uri"]);
        Assert.Equal("true", query["pomerium_programmatic"]);

        Browser browser = rig.NewBrowser();
        string authorize = Location(await browser.GetAsync(text.Body));
        string back = Location(await browser.GetAsync(rig.Provider.Approve(authorize)));
        string callback = Location(await browser.GetAsync(back));
        string end = Location(await browser.GetAsync(callback));
        Assert.StartsWith("http://127.0.0.1:9/cb?a=1&pomerium_jwt=", end, StringComparison.Ordinal);
        Assert.Null(browser.Cookie(App, "_pomerium"));
        string token = end[(end.IndexOf("jwt=", StringComparison.Ordinal) + 4)..];
        SessionHandle handle = new HandleCodec(TestConfig.SharedSecret).Verify(token, out _)!;
        Assert.Equal(Assert.Single(await rig.SessionsAsync()).Id, handle.Id);
        Assert.Equal(new[] { SignInHost, "127.0.0.1:9", App }, handle.Audience.ToArray());
    }

    [Theory]
    [InlineData("GET", "", 404, "Not Found")]
    [InlineData("POST", "pomerium_redirect_uri=http://localhost/", 405, "Method Not Allowed")]
    public async Task A_wrong_question_gets_short_text(string method, string query, int status, string body)
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Assert.Equal(new TextAnswer(status, body), Login(rig, query, method));
    }

    [Theory]
    [InlineData("relative")]
    [InlineData("http://evil.test/")]
    [InlineData("ftp://localhost/")]
    public async Task A_program_that_is_not_listed_is_refused(string target)
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        Refused(Login(rig, "pomerium_redirect_uri=" + Uri.EscapeDataString(target)), 400, "invalid redirect uri");
    }

    [Fact]
    public async Task The_signed_address_ends_after_six_minutes()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        TextAnswer text = (TextAnswer)Login(rig, "pomerium_redirect_uri=http://localhost:9/");
        rig.Clock.Turn(TimeSpan.FromSeconds(361));
        Refused(await rig.NewBrowser().GetAsync(text.Body), 400, "expired");
    }
}
