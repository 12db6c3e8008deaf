using System.Security.Cryptography;
using System.Text;
using Pomerium.Fast.Auth.Credentials;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary><c>/.pomerium/callback/</c> on a route's host (identity 2.6): the end of a sign-in, where the cookie is set.</summary>
internal sealed class RouteCallback(SignInSettings settings)
{
    public FlowAnswer Handle(FlowRequest request)
    {
        if (settings.Signed(request, out ErrorAnswer? refusal) is not { } parameters)
        {
            return refusal!;
        }
        string target = parameters[SignInParameter.RedirectUri];
        bool programmatic = SignInStep.IsProgrammatic(parameters);
        if (programmatic ? !settings.Targets.IsProgram(target) : !settings.Targets.IsRoute(target))
        {
            return new ErrorAnswer(400, "invalid redirect uri");
        }
        if (Token(parameters[SignInParameter.SessionEncrypted], out string fault) is not { } token)
        {
            return new ErrorAnswer(400, fault);
        }
        if (programmatic)
        {
            // No cookie: the user agent that follows need not be the one that asked.
            return new RedirectAnswer(With(target, token));
        }
        if (!StartedHere(request, parameters[SignInParameter.LoginNonce]))
        {
            return new ErrorAnswer(400, "This sign-in was not started in this browser.")
            {
                Next = new FlowLink("Start again", target),
            };
        }
        string cookie = settings.SessionCookie.Set(settings.SessionCookie.RouteName, token);
        return settings.Cookie.SameSite == CookieSameSite.Strict
            ? new RefreshAnswer(target) { SetCookies = [cookie] }
            : new RedirectAnswer(target) { SetCookies = [cookie] };
    }

    private string? Token(string text, out string fault)
    {
        if (text.Length == 0 || !Base64Text.TryRead(text, out byte[]? wire))
        {
            fault = "proxy: malformed callback token";
            return null;
        }
        if (!Aead.TryOpen(settings.SharedSecret, wire, default, out byte[]? opened, out _))
        {
            fault = "proxy: callback token decrypt error";
            return null;
        }
        if (settings.Codec.Verify(opened, out _) is null)
        {
            fault = "proxy: callback token holds no session";
            return null;
        }
        fault = "";
        return Encoding.ASCII.GetString(opened);
    }

    private bool StartedHere(FlowRequest request, string nonce)
    {
        foreach (string value in request.Cookies(LoginBinding.CookieName(settings.Cookie)))
        {
            if (
                LoginBinding.IsWellFormed(value)
                && CryptographicOperations.FixedTimeEquals(
                    Encoding.ASCII.GetBytes(LoginBinding.Nonce(value)),
                    Encoding.ASCII.GetBytes(nonce)
                )
            )
            {
                return true;
            }
        }
        return false;
    }

    private static string With(string target, string token)
    {
        int fragment = target.IndexOf('#', StringComparison.Ordinal);
        string url = fragment < 0 ? target : target[..fragment];
        string mark = url.Contains('?', StringComparison.Ordinal) ? "&" : "?";
        return url + mark + SignInParameter.Jwt + "=" + token;
    }
}
