using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Pomerium.Fast.Parts;

namespace Pomerium.Fast.SystemTests.Browser;

/// <summary>A real browser: cookies, redirects and content policy as Chromium applies them. Leaves the pictures of the documentation when asked.</summary>
[Collection(SharedDeployment.Name)]
public sealed class ChromiumTests(Deployment deployment, BrowserPart browser) : IClassFixture<BrowserPart>
{
    [Fact]
    public async Task User_signs_in_reads_the_user_info_page_and_signs_out()
    {
        await deployment.Provider.ChooseUserAsync("alice");
        IPage page = await browser.PageAsync(width: 1000, height: 640);
        await page.GotoAsync(deployment.Url("app", "/start?x=1").ToString());
        Assert.Equal(deployment.Url("app", "/start?x=1").ToString(), page.Url);
        Assert.Contains("alice@example.com", await page.ContentAsync(), StringComparison.Ordinal);

        await page.GotoAsync(deployment.Url("app", "/.pomerium/").ToString());
        Assert.Contains("alice@example.com", await page.ContentAsync(), StringComparison.Ordinal);
        await PictureAsync(page, "user-info");

        await page.GotoAsync(deployment.Url("app", "/.pomerium/sign_out").ToString());
        await PictureAsync(page, "sign-out-confirm");
        await page.Locator("form button, form input[type=submit]").Last.ClickAsync();
        await page.WaitForURLAsync(InProvider());
        await page.Locator("button[name=logout]").ClickAsync();
        await page.WaitForURLAsync("**/.pomerium/signed_out**");
        Assert.Contains("logged out", await page.ContentAsync(), StringComparison.OrdinalIgnoreCase);
        await PictureAsync(page, "signed-out");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Refusal_is_a_page_without_console_errors()
    {
        await deployment.Provider.ChooseUserAsync("bob");
        IPage page = await browser.PageAsync(width: 1000, height: 640);
        List<string> problems = [];
        page.Console += (_, message) =>
        {
            // The status of the page itself is logged as an error by the browser.
            if (message.Type is "error" && !message.Text.Contains("403", StringComparison.Ordinal))
            {
                problems.Add(message.Text);
            }
        };
        IResponse? answer = await page.GotoAsync(deployment.Url("admins").ToString());
        Assert.Equal(403, answer!.Status);
        await PictureAsync(page, "denied");
        Assert.Equal([], problems);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Demo_is_clicked_through_from_the_picker_to_the_app()
    {
        await using ServerProcess demo = ServerProcess.Start("demo");
        int port = await DemoTests.PortAsync(demo);
        IPage page = await browser.PageAsync(width: 1000, height: 640);
        await page.GotoAsync(DemoTests.Url("admin", port).ToString());
        await PictureAsync(page, "demo-picker");
        await page.Locator("button[value=admin]").ClickAsync();
        await page.WaitForURLAsync(DemoTests.Url("admin", port).ToString());
        Assert.Equal("Hello, Ada Admin", await page.Locator("h1").TextContentAsync());
        await PictureAsync(page, "demo-app");
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData(375)]
    [InlineData(1200)]
    public async Task Pages_fit_the_screen(int width)
    {
        await deployment.Provider.ChooseUserAsync("bob");
        IPage page = await browser.PageAsync(width: width);
        foreach (string path in (string[])["/.pomerium/", "/"])
        {
            await page.GotoAsync(deployment.Url("admins", path).ToString());
            int overflow = await page.EvaluateAsync<int>(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            );
            Assert.True(overflow <= 0, $"{path} is {overflow} px too wide");
        }
        await page.Context.CloseAsync();
    }

    private Regex InProvider() => new("^" + Regex.Escape(deployment.Provider.Issuer.ToString()));

    private static Task<byte[]> ShotAsync(IPage page, string name) =>
        page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Places.Images, name + ".png") });

    /// <summary>Light and dark, into docs/images when the variable PICTURES is set; else nothing, so that a test run changes no file.</summary>
    private static async Task PictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("PICTURES") is { Length: > 0 })
        {
            Directory.CreateDirectory(Places.Images);
            await ShotAsync(page, name);
            await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
            await ShotAsync(page, name + "-dark");
            await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light });
        }
    }
}
