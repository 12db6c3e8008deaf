using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Config.Tests.Rules;

/// <summary>Looks of the pages (config spec 2.10).</summary>
public sealed class BrandingTests
{
    [Fact]
    public void All_of_it_arrives()
    {
        BrandingOptions branding = Loading
            .Good(
                """
                primary_color: "#ABC"
                secondary_color: "#aabbcc"
                darkmode_primary_color: "#001122"
                darkmode_secondary_color: "#fff"
                logo_url: https://cdn.example.com/logo.png
                favicon_url: data:image/svg+xml;base64,AAAA
                error_message_first_paragraph: Ask the help desk.
                shared_secret: MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=
                cookie_secret: MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=
                """
            )
            .Branding;
        Assert.Equal(
            new BrandingOptions
            {
                PrimaryColor = "#abc",
                SecondaryColor = "#aabbcc",
                DarkPrimaryColor = "#001122",
                DarkSecondaryColor = "#fff",
                LogoUrl = "https://cdn.example.com/logo.png",
                FaviconUrl = "data:image/svg+xml;base64,AAAA",
                ErrorMessage = "Ask the help desk.",
            },
            branding
        );
    }

    [Theory]
    [InlineData("primary_color", "red", "invalid-color")]
    [InlineData("secondary_color", "#12", "invalid-color")]
    [InlineData("darkmode_primary_color", "#12345g", "invalid-color")]
    [InlineData("darkmode_secondary_color", "#fff;}", "invalid-color")]
    [InlineData("logo_url", "http://cdn.example.com/logo.png", "invalid-picture")]
    [InlineData("logo_url", "javascript:alert(1)", "invalid-picture")]
    [InlineData("favicon_url", "data:text/html,x", "invalid-picture")]
    [InlineData("favicon_url", "/icon.png", "invalid-picture")]
    public void Anything_else_is_an_error_with_a_remedy(string key, string value, string code)
    {
        Diagnostic problem = Assert.Single(
            Loading.Yaml($"{key}: \"{value}\"").Diagnostics,
            static d => d.Severity == Severity.Error && d.Code.StartsWith("invalid-", StringComparison.Ordinal)
        );
        Assert.Equal((code, key, value), (problem.Code, problem.Path, problem.Value));
        Assert.NotEmpty(problem.Remedy);
    }
}
