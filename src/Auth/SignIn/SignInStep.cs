using Microsoft.Extensions.Logging;
using Pomerium.Fast.Auth.Credentials;
using Pomerium.Fast.Auth.Providers;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary>
/// <c>/.pomerium/sign_in</c> on the authenticate host (identity 2.4): with a session there, on to the route's callback;
/// without one, to the provider.
/// </summary>
internal sealed class SignInStep(SignInSettings settings, ILogger log)
{
    private readonly SessionLookup _sessions = new(settings);
    private readonly LoginStart _login = new(settings, log);
    private readonly LoopBreaker _loop = new(settings);

    public async ValueTask<FlowAnswer> HandleAsync(FlowRequest request, CancellationToken cancellation)
    {
        if (request.IsPost)
        {
            return new ErrorAnswer(405, "Sign-in is begun with GET.");
        }
        if (settings.Signed(request, out ErrorAnswer? refusal) is not { } parameters)
        {
            return refusal!;
        }
        if (Refuse(parameters) is { } refused)
        {
            return refused;
        }
        string target = parameters[SignInParameter.RedirectUri];
        if (settings.Providers.Find(parameters[SignInParameter.ProviderId]) is not { } provider)
        {
            // The id is signed and can only be stale: the link begins again with the one in force.
            return new ErrorAnswer(400, "unknown identity provider") { Next = new FlowLink("Start again", target) };
        }
        SignedInUser? user = await _sessions.FindAsync(request, settings.SessionCookie.AuthenticateName, cancellation);
        if (user is null || !string.Equals(user.Session.ProviderId, provider.Id, StringComparison.Ordinal))
        {
            return await _login.BeginAsync(request, provider, Url(parameters), cancellation);
        }
        return PassOn(request, parameters, user);
    }

    private ErrorAnswer? Refuse(QueryParameters parameters)
    {
        string target = parameters[SignInParameter.RedirectUri];
        bool programmatic = IsProgrammatic(parameters);
        if (programmatic ? !settings.Targets.IsProgram(target) : !settings.Targets.IsRoute(target))
        {
            return new ErrorAnswer(400, "invalid redirect uri");
        }
        string callback = parameters[SignInParameter.CallbackUri];
        return
            callback.Length > 0
            && (
                !settings.Targets.IsRoute(callback)
                || new Uri(callback) is not { AbsolutePath: SignInPath.Callback, Query.Length: 0 }
            )
            ? new ErrorAnswer(400, "invalid callback uri")
            : null;
    }

    /// <summary>Step 4: the same session for another host, sealed in the URL of its callback.</summary>
    private FlowAnswer PassOn(FlowRequest request, QueryParameters parameters, SignedInUser user)
    {
        string target = parameters[SignInParameter.RedirectUri];
        string callback = parameters[SignInParameter.CallbackUri];
        if (callback.Length == 0)
        {
            callback = Origin.Of(new Uri(target)) + SignInPath.Callback;
        }
        string callbackHost = Origin.Authority(new Uri(callback));
        string targetHost = Origin.Authority(new Uri(target));
        if (_loop.Pass(request, callbackHost) is not { } loop)
        {
            return new ErrorAnswer(
                400,
                $"The browser does not keep the session cookie of {callbackHost}. Usual causes: the cookie_domain of "
                    + "the configuration does not cover that host, the host is opened by plain HTTP, or cookies are blocked."
            )
            {
                Next = new FlowLink("Try again", target),
            };
        }
        SessionHandle handle = user.Handle with
        {
            UserId = user.Session.UserId,
            ProviderId = user.Session.ProviderId,
            Issuer = settings.AuthenticateAuthority,
            Audience =
            [
                .. new[] { settings.AuthenticateAuthority, targetHost, callbackHost }.Distinct(StringComparer.Ordinal),
            ],
            IssuedAt = settings.Now.ToUnixTimeSeconds(),
            ExpiresAt = 0,
            NotBefore = 0,
        };
        string token = settings.Codec.Encode(handle);
        byte[] wire = Aead.Seal(settings.SharedSecret, System.Text.Encoding.ASCII.GetBytes(token), default);
        QueryParameters passed = new QueryParameters()
            .Set(SignInParameter.SessionEncrypted, Base64Text.Padded(wire))
            .Set(SignInParameter.RedirectUri, target);
        foreach (string name in PassedOn)
        {
            passed.SetIfAny(name, parameters[name]);
        }
        return new RedirectAnswer(settings.Sign(callback, passed))
        {
            SetCookies =
            [
                settings.SessionCookie.Set(settings.SessionCookie.AuthenticateName, settings.Codec.Encode(user.Handle)),
                loop,
            ],
        };
    }

    private static readonly string[] PassedOn =
    [
        SignInParameter.Programmatic,
        SignInParameter.AdditionalHosts,
        SignInParameter.LoginNonce,
        SignInParameter.TraceParent,
        SignInParameter.TraceState,
    ];

    public static bool IsProgrammatic(QueryParameters parameters) =>
        string.Equals(parameters[SignInParameter.Programmatic], "true", StringComparison.Ordinal);

    private string Url(QueryParameters parameters) =>
        settings.AuthenticateOrigin + SignInPath.SignIn + "?" + parameters.Encode();
}
