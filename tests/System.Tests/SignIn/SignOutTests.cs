using System.Net;
using Pomerium.Fast.Parts;

namespace Pomerium.Fast.SystemTests.SignIn;

/// <summary>Sign-out needs proof and ends the session everywhere (identity spec 3.5; IA-53, IA-54, IA-57).</summary>
[Collection(SharedDeployment.Name)]
public sealed class SignOutTests(Deployment deployment)
{
    private static readonly (string, string)[] OwnLink =
    [
        ("Sec-Fetch-Site", "same-origin"),
        ("Sec-Fetch-Mode", "navigate"),
        ("Sec-Fetch-Dest", "document"),
    ];

    [Theory]
    [InlineData("cross-site", "navigate", "document")]
    [InlineData("cross-site", "no-cors", "image")]
    [InlineData("same-origin", "no-cors", "image")]
    [InlineData("none", "navigate", "document")]
    [InlineData(null, null, null)]
    public async Task Link_from_elsewhere_only_asks(string? site, string? mode, string? destination)
    {
        using SignInClient client = await deployment.SignedInAsync("alice");
        List<(string, string)> headers = [];
        if (site is not null)
        {
            headers = [("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode!), ("Sec-Fetch-Dest", destination!)];
        }
        using HttpResponseMessage answer = await client.GetAsync(
            deployment.Url("app", "/.pomerium/sign_out"),
            [.. headers]
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("Are you sure", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await ToldRequest.ReadAsync(await client.GetAsync(deployment.Url("app")));
    }

    [Fact]
    public async Task Form_posted_by_another_site_is_refused_and_the_session_lives()
    {
        using SignInClient client = await deployment.SignedInAsync("alice");
        using HttpRequestMessage request = new(HttpMethod.Post, deployment.Url("app", "/.pomerium/sign_out"));
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        request.Headers.Add("Origin", "https://evil.test");
        using HttpResponseMessage answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        await ToldRequest.ReadAsync(await client.GetAsync(deployment.Url("app")));
    }

    [Fact]
    public async Task Confirmed_sign_out_ends_the_session_here_and_at_the_provider()
    {
        using SignInClient client = await deployment.SignedInAsync("alice");
        string cookie = client.Cookie(deployment.Url("app"), "_pomerium")!;
        using HttpResponseMessage page = await client.GetAsync(deployment.Url("app", "/.pomerium/sign_out"));
        using HttpResponseMessage provider = await client.SubmitAsync(page);
        Assert.Equal(deployment.Provider.Issuer.Authority, client.Trail[^1].Authority);
        using HttpResponseMessage end = await client.SubmitAsync(provider, "logout", "yes");
        Assert.Equal(HttpStatusCode.OK, end.StatusCode);
        Assert.Equal(
            deployment.Url("authenticate", "/.pomerium/signed_out").AbsolutePath,
            client.Trail[^1].AbsolutePath
        );
        Assert.Null(client.Cookie(deployment.Url("app"), "_pomerium"));
        await AssertNobodyAsync("app", cookie);
    }

    [Fact]
    public async Task Sign_out_by_an_own_link_ends_the_session_on_every_route()
    {
        using SignInClient client = await deployment.SignedInAsync("alice");
        await ToldRequest.ReadAsync(await client.BrowseAsync(deployment.Url("second")));
        string second = client.Cookie(deployment.Url("second"), "_pomerium")!;
        using HttpResponseMessage answer = await client.GetAsync(deployment.Url("app", "/.pomerium/sign_out"), OwnLink);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        using HttpResponseMessage next = await client.GetAsync(answer.Headers.Location!);
        Assert.Equal(HttpStatusCode.Found, next.StatusCode);
        await AssertNobodyAsync("second", second);
    }

    [Fact]
    public async Task Other_browsers_of_the_same_user_stay_signed_in()
    {
        using SignInClient first = await deployment.SignedInAsync("alice");
        using SignInClient second = await deployment.SignedInAsync("alice");
        using HttpResponseMessage answer = await first.GetAsync(deployment.Url("app", "/.pomerium/sign_out"), OwnLink);
        using HttpResponseMessage next = await first.GetAsync(answer.Headers.Location!);
        await ToldRequest.ReadAsync(await second.GetAsync(deployment.Url("app")));
    }

    /// <summary>The stolen or kept cookie is worth nothing any more.</summary>
    private async Task AssertNobodyAsync(string host, string cookie)
    {
        using SignInClient thief = new();
        using HttpResponseMessage answer = await thief.GetAsync(
            deployment.Url(host),
            ("Cookie", "_pomerium=" + cookie)
        );
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
    }
}
