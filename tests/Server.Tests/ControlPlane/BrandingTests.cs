using System.Net;
using AngleSharp.Html.Dom;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Pipeline;
using static Pomerium.Fast.Server.Tests.ControlPlane.ControlPlaneRig;

namespace Pomerium.Fast.Server.Tests.ControlPlane;

/// <summary>Pages in the operator's colours, without a line of style inside them.</summary>
public sealed class BrandingTests : IAsyncLifetime
{
    private const string Sheet = "/.pomerium/brand.css";
    private readonly ControlPlaneRig _rig = new();

    public Task InitializeAsync() => _rig.InitializeAsync();

    public Task DisposeAsync() => _rig.DisposeAsync();

    private void Use(BrandingOptions options) => _rig.Reload(s => s with { Branding = options });

    private async Task<IHtmlDocument> ErrorAsync()
    {
        ExchangeFacts facts = new() { Page = PageKind.Error, Status = 403 };
        using HttpResponseMessage answer = await _rig.SendAsync(HttpMethod.Get, App, "/any", facts);
        return await PageAsync(answer);
    }

    [Fact]
    public async Task Without_colours_pages_name_no_further_sheet()
    {
        IHtmlDocument page = await ErrorAsync();
        Assert.Null(page.QuerySelector($"link[href='{Sheet}']"));
        Assert.NotNull(page.QuerySelector(".brand svg"));
        Assert.Single(page.QuerySelectorAll(".card > p.lead"));
    }

    [Fact]
    public async Task Colours_come_by_a_sheet_with_a_tag_that_follows_the_configuration()
    {
        Use(
            new BrandingOptions
            {
                PrimaryColor = "#ffee00",
                DarkPrimaryColor = "#004",
                DarkSecondaryColor = "#123456",
            }
        );
        Assert.NotNull((await ErrorAsync()).QuerySelector($"link[rel=stylesheet][href='{Sheet}']"));
        using HttpResponseMessage answer = await _rig.GetAsync(App, Sheet);
        Assert.Equal("text/css; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(
            """
            @media (prefers-color-scheme: light) {
              :root {
                --primary: #ffee00;
                --on-primary: #000000;
              }
            }
            @media (prefers-color-scheme: dark) {
              :root {
                --primary: #004;
                --on-primary: #ffffff;
                --secondary: #123456;
              }
            }

            """.ReplaceLineEndings("\n"),
            await answer.Content.ReadAsStringAsync()
        );
        string tag = answer.Headers.ETag!.ToString();
        using HttpResponseMessage same = await _rig.GetAsync(App, Sheet, ("If-None-Match", tag));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Use(new BrandingOptions { PrimaryColor = "#ffee01" });
        using HttpResponseMessage other = await _rig.GetAsync(App, Sheet, ("If-None-Match", tag));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Pictures_and_words_are_the_operators()
    {
        Use(
            new BrandingOptions
            {
                LogoUrl = "https://cdn.example.com/logo.svg?a=1&b=2",
                FaviconUrl = "data:image/png;base64,AAAA",
                ErrorMessage = "Call <b>extension 17</b> & ask.",
            }
        );
        IHtmlDocument page = await ErrorAsync();
        Assert.Equal("https://cdn.example.com/logo.svg?a=1&b=2", page.QuerySelector("img.logo")!.GetAttribute("src"));
        Assert.Equal("data:image/png;base64,AAAA", page.QuerySelector("link[rel=icon]")!.GetAttribute("href"));
        Assert.Null(page.QuerySelector(".brand svg"));
        Assert.Equal(
            "Call <b>extension 17</b> & ask.",
            page.QuerySelector(".card > p:not(.code):not(.lead)")!.TextContent
        );
        Assert.Null(page.QuerySelector("b"));
    }
}
