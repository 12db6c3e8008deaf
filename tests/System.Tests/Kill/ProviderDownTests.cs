using System.Net;
using Pomerium.Fast.Parts;

namespace Pomerium.Fast.SystemTests.Kill;

/// <summary>The provider is down: the proxy starts all the same, says so, and recovers by itself.</summary>
public sealed class ProviderDownTests
{
    [Fact]
    public async Task Proxy_starts_without_the_provider_says_so_and_recovers()
    {
        Deployment deployment = new() { WithoutProvider = true };
        try
        {
            await deployment.InitializeAsync();
            using SignInClient client = new();
            await ToldRequest.ReadAsync(await client.GetAsync(deployment.Url("public")));
            using HttpResponseMessage failed = await client.BrowseAsync(deployment.Url("app"));
            Assert.InRange((int)failed.StatusCode, 500, 503);
            Assert.Contains(
                deployment.Server.Output,
                static l => l.Contains("could not connect to", StringComparison.Ordinal)
            );

            using OidcProvider back = await deployment.StartProviderAsync(deployment.Issuer.Port);
            await back.ChooseUserAsync("alice");
            await Waiting.UntilAsync(
                async () =>
                {
                    using SignInClient again = new();
                    using HttpResponseMessage answer = await again.BrowseAsync(deployment.Url("app"));
                    return answer.StatusCode == HttpStatusCode.OK;
                },
                "a sign-in after the provider came back"
            );
        }
        finally
        {
            await deployment.DisposeAsync();
        }
    }
}
