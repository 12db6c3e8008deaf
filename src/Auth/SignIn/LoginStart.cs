using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Pomerium.Fast.Auth.Providers;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary>Sends the browser to the provider (identity 2.4 step 3), with everything that ties the answer to it.</summary>
internal sealed class LoginStart(SignInSettings settings, ILogger log)
{
    private readonly LoginCookies _cookies = new(settings);

    /// <param name="returnUrl">Where the callback goes on: a URL of the authenticate host.</param>
    public async ValueTask<FlowAnswer> BeginAsync(
        FlowRequest request,
        IIdentityProvider provider,
        string returnUrl,
        CancellationToken cancellation
    )
    {
        if (request.IsScripted)
        {
            return new ErrorAnswer(401, "Sign-in needs a browser window: a script cannot follow it.");
        }
        try
        {
            bool pkce = await provider.SupportsPkceAsync(cancellation);
            (byte[] token, string? csrf) = _cookies.EnsureCsrf(request);
            string state = LoginState.Make(settings.CookieSecret, token, settings.Now, returnUrl);
            string? verifier = pkce ? Base64Text.Bare(RandomNumberGenerator.GetBytes(32)) : null;
            string url = await provider.AuthorizationUrlAsync(
                new AuthorizationRequest(
                    RedirectUri(settings),
                    state,
                    provider.UsesNonce ? Nonce(state) : null,
                    verifier is null ? null : Base64Text.Bare(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))
                ),
                cancellation
            );
            List<string> cookies = [];
            if (request.Cookies(settings.SessionCookie.AuthenticateName).Any())
            {
                cookies.Add(settings.SessionCookie.Delete(settings.SessionCookie.AuthenticateName));
            }
            if (csrf is not null)
            {
                cookies.Add(csrf);
            }
            if (verifier is not null)
            {
                cookies.Add(_cookies.SetPkce(state, verifier));
            }
            return new RedirectAnswer(url) { SetCookies = [.. cookies] };
        }
        catch (ProviderException e)
        {
            log.ProviderUnreachable(provider.Traits.Name, e.Message);
            return new ErrorAnswer(500, "The identity provider cannot be reached. Please try again in a moment.")
            {
                Cause = $"identity/oidc: could not connect to {provider.Traits.Name}: {e.Message}",
                Next = new FlowLink("Try again", returnUrl),
            };
        }
    }

    public static string RedirectUri(SignInSettings settings) =>
        settings.AuthenticateOrigin + settings.Snapshot.Identity.CallbackPath;

    /// <summary>Bound to the state, so that nothing has to be kept (OIDC Core 3.1.3.7 item 11).</summary>
    public static string Nonce(string state) => Base64Text.Bare(SHA256.HashData(Encoding.ASCII.GetBytes(state)));
}
