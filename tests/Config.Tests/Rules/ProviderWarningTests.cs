using Pomerium.Fast.Config.Diagnostics;

namespace Pomerium.Fast.Config.Tests.Rules;

/// <summary>Providers that work but let in more than an operator may think (identity 4.3, 10.1).</summary>
public sealed class ProviderWarningTests
{
    [Theory]
    [InlineData("azure", "", "any-tenant")]
    [InlineData("azure", "https://login.microsoftonline.com/common/v2.0", "any-tenant")]
    [InlineData("azure", "https://login.microsoftonline.com/common/v2.0/", "any-tenant")]
    [InlineData("azure", "https://login.microsoftonline.com/contoso/v2.0", "")]
    [InlineData("oidc", "http://idp.example.com", "insecure-provider")]
    [InlineData("oidc", "https://localhost:8000", "insecure-provider")]
    [InlineData("oidc", "https://127.0.0.9", "insecure-provider")]
    [InlineData("oidc", "https://[::1]:8000", "insecure-provider")]
    [InlineData("oidc", "https://idp.example.com", "")]
    public void Are_warned_of_once(string provider, string url, string code)
    {
        LoadResult result = Loading.Yaml(
            "authenticate_service_url: https://auth.example.com\nidp_client_id: c\n"
                + $"idp_provider: {provider}\nidp_provider_url: \"{url}\"\n"
        );
        string[] found =
        [
            .. result
                .Diagnostics.Select(static d => d.Code)
                .Where(static c => c is "any-tenant" or "insecure-provider"),
        ];
        Assert.Equal(code.Length == 0 ? [] : new[] { code }, found);
        Assert.All(
            result.Diagnostics.Where(d => d.Code == code),
            static d => Assert.True(d.Severity == Severity.Warning && d.Remedy.Length > 0)
        );
    }
}
