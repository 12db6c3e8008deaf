using System.Net;
using Pomerium.Fast.Parts;

namespace Pomerium.Fast.SystemTests.SignIn;

/// <summary>Programs sign in through the user's browser and carry the token themselves (identity spec 5.1, 3.2).</summary>
[Collection(SharedDeployment.Name)]
public sealed class ProgrammaticTests(Deployment deployment)
{
    private const string Login = "/.pomerium/api/v1/login";
    private const string Target = "http://localhost:9/callback?x=1";

    [Fact]
    public async Task Token_from_the_browser_serves_the_program_in_every_form()
    {
        string token = await TokenAsync();
        foreach (
            (string name, string value) in ((string, string)[])
                [
                    ("Authorization", "Pomerium " + token),
                    ("Authorization", "Bearer Pomerium-" + token),
                    ("X-Pomerium-Authorization", token),
                ]
        )
        {
            using SignInClient program = new();
            using HttpResponseMessage answer = await program.GetAsync(
                deployment.Url("app"),
                (name, value),
                ("Accept", "application/json")
            );
            ToldRequest told = await ToldRequest.ReadAsync(answer);
            Assert.Equal("alice@example.com", told.Header("X-Pomerium-Claim-Email"));
            Assert.Null(told.Header("X-Pomerium-Authorization"));
        }
    }

    [Fact]
    public async Task Token_does_not_reach_the_app_in_its_own_scheme()
    {
        string token = await TokenAsync();
        using SignInClient program = new();
        using HttpResponseMessage answer = await program.GetAsync(
            deployment.Url("app"),
            ("Authorization", "Pomerium " + token)
        );
        Assert.Null((await ToldRequest.ReadAsync(answer)).Header("Authorization"));
    }

    [Theory]
    [InlineData("http://localhost.evil.test/", HttpStatusCode.BadRequest)]
    [InlineData("https://evil.test/", HttpStatusCode.BadRequest)]
    [InlineData("ftp://localhost/", HttpStatusCode.BadRequest)]
    [InlineData("http://user@localhost/", HttpStatusCode.BadRequest)]
    [InlineData("not a url", HttpStatusCode.BadRequest)]
    [InlineData("http://[::1]:9/", HttpStatusCode.OK)]
    [InlineData("http://127.9.9.9/", HttpStatusCode.OK)]
    [InlineData("http://localhost:9/", HttpStatusCode.OK)]
    public async Task Token_goes_to_allowed_addresses_only(string target, HttpStatusCode status)
    {
        using SignInClient client = new();
        using HttpResponseMessage answer = await client.GetAsync(
            deployment.Url("app", $"{Login}?pomerium_redirect_uri={Uri.EscapeDataString(target)}")
        );
        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task Login_without_an_address_is_404()
    {
        using SignInClient client = new();
        using HttpResponseMessage answer = await client.GetAsync(deployment.Url("app", Login));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private async Task<string> TokenAsync()
    {
        await deployment.Provider.ChooseUserAsync("alice");
        using SignInClient browser = new();
        using HttpResponseMessage login = await browser.GetAsync(
            deployment.Url("app", $"{Login}?pomerium_redirect_uri={Uri.EscapeDataString(Target)}")
        );
        Uri at = new(await login.Content.ReadAsStringAsync());
        while (at.Port != 9)
        {
            using HttpResponseMessage step = await browser.GetAsync(at);
            Assert.True(step.Headers.Location is not null, $"{at.AbsolutePath}: {step.StatusCode}");
            at = new Uri(at, step.Headers.Location!);
        }
        Assert.Null(browser.Cookie(deployment.Url("app"), "_pomerium"));
        Assert.StartsWith(Target + "&pomerium_jwt=", at.ToString(), StringComparison.Ordinal);
        return at.Query[(at.Query.IndexOf("pomerium_jwt=", StringComparison.Ordinal) + "pomerium_jwt=".Length)..];
    }
}
