using System.Net;
using System.Text.Json.Nodes;
using Pomerium.Fast.Parts;

namespace Pomerium.Fast.SystemTests;

/// <summary>The provider of the other tests does what they take for granted.</summary>
public sealed class RealProviderTests
{
    private const string Callback = "https://authenticate.pomerium.test/oauth2/callback";

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task Provider_signs_in_the_chosen_user_without_a_prompt(string algorithm)
    {
        using OidcProvider provider = await OidcProvider.StartAsync(
            Places.ProviderFolder,
            new JsonObject { ["redirectUris"] = new JsonArray(Callback), ["alg"] = algorithm }
        );
        using SignInClient client = new();
        Uri url = new(
            provider.Issuer,
            $"auth?client_id={OidcProvider.ClientId}&response_type=code&scope=openid&state=s&nonce=n"
                + $"&redirect_uri={Uri.EscapeDataString(Callback)}"
                + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
        );
        Uri at = url;
        while (at.Port == provider.Issuer.Port)
        {
            using HttpResponseMessage step = await client.GetAsync(at);
            Assert.True(step.Headers.Location is not null, await step.Content.ReadAsStringAsync());
            at = new Uri(at, step.Headers.Location!);
        }
        Assert.StartsWith(Callback + "?code=", at.ToString(), StringComparison.Ordinal);
        Assert.Contains("state=s", at.Query, StringComparison.Ordinal);
        Assert.Equal(1, await provider.CallsAsync("/auth"));
    }

    [Fact]
    public async Task Fault_replaces_the_wanted_number_of_answers()
    {
        using OidcProvider provider = await OidcProvider.StartAsync(Places.ProviderFolder, []);
        using HttpClient http = new() { BaseAddress = provider.Issuer };
        await provider.FaultAsync("/token", 503);
        using HttpResponseMessage first = await http.PostAsync("token", new StringContent(""));
        using HttpResponseMessage second = await http.PostAsync("token", new StringContent(""));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, first.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, second.StatusCode);
    }
}
