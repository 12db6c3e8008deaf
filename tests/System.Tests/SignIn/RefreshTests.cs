using System.Net;
using Pomerium.Fast.Parts;

namespace Pomerium.Fast.SystemTests.SignIn;

/// <summary>Tokens are refreshed in the background, and a refusal ends the session (identity spec 3.4).</summary>
public sealed class RefreshTests
{
    [Fact]
    public async Task Short_tokens_are_renewed_and_the_session_that_the_provider_refuses_ends()
    {
        // Due a minute before the end, but not sooner than ten seconds after the sign-in (state spec 5.6).
        Deployment deployment = new() { TokenSeconds = 65 };
        try
        {
            await deployment.InitializeAsync();
            using SignInClient alice = await deployment.SignedInAsync("alice");
            using SignInClient bob = await deployment.SignedInAsync("bob");
            int before = await deployment.Provider.CallsAsync("/token");
            // Whichever comes first is refused; the other one is renewed.
            await deployment.Provider.FaultAsync("/token", 400, """{"error":"invalid_grant"}""");
            HttpStatusCode[] states = [];
            await Waiting.UntilAsync(
                async () =>
                {
                    states = [await StateAsync(deployment, alice), await StateAsync(deployment, bob)];
                    return await deployment.Provider.CallsAsync("/token") >= before + 2
                        && states.Contains(HttpStatusCode.Found);
                },
                "both refreshes and the end of a session",
                seconds: 40
            );
            Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Found], states.Order());
        }
        finally
        {
            await deployment.DisposeAsync();
        }
    }

    private static async Task<HttpStatusCode> StateAsync(Deployment deployment, SignInClient client)
    {
        using HttpResponseMessage answer = await client.GetAsync(deployment.Url("app"));
        return answer.StatusCode;
    }
}
