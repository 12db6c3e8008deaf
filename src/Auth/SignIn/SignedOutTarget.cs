namespace Pomerium.Fast.Auth.SignIn;

/// <summary>Where to go once the provider has sent the browser back to the signed-out page (identity 4.10).</summary>
internal sealed class SignedOutTarget(SignInSettings settings)
{
    private const string Name = "_pomerium_signed_out_redirect_uri";
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    public string Keep(string target) =>
        MarkedCookie.Write(settings.CookieSecret, Name, target, SignInPath.SignedOut, Life);

    /// <summary>Once to the kept target, else the page.</summary>
    public FlowAnswer Answer(FlowRequest request)
    {
        string? target = MarkedCookie.Read(settings.CookieSecret, Name, request);
        return target is not null && settings.Targets.IsSignOutTarget(target)
            ? new RedirectAnswer(target) { SetCookies = [MarkedCookie.Delete(Name, SignInPath.SignedOut)] }
            : new SignedOutAnswer();
    }
}
