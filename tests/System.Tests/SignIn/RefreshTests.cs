using System.Net;
using Pomerium.Fast.Parts;

namespace Pomerium.Fast.SystemTests.SignIn;

/// <summary>Tokens are refreshed in the background, and a refusal ends the session (identity spec 3.4).</summary>
public sealed class RefreshTests
{
    [Fact]
    public async Task Short_tokens_are_renewed_while_the_session_goes_on_until_the_provider_refuses()
    {
        // The refresh is due a minute before the end (state spec 5.6), so these tokens are due within seconds.
        Deployment deployment = new() { TokenSeconds = 65 };
        try
        {
            await deployment.InitializeAsync();
            using SignInClient client = await deployment.SignedInAsync("alice");
            int before = await deployment.Provider.CallsAsync("/token");
            await Waiting.UntilAsync(
                async () => await deployment.Provider.CallsAsync("/token") > before,
                "a refresh",
                seconds: 40
            );
            await ToldRequest.ReadAsync(await client.GetAsync(deployment.Url("app")));

            await deployment.Provider.FaultAsync("/token", 400, """{"error":"invalid_grant"}""", times: 100);
            await Waiting.UntilAsync(
                async () =>
                {
                    using HttpResponseMessage answer = await client.GetAsync(deployment.Url("app"));
                    return answer.StatusCode == HttpStatusCode.Found;
                },
                "the end of the session",
                seconds: 40
            );
        }
        finally
        {
            await deployment.DisposeAsync();
        }
    }
}
