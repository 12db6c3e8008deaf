using Microsoft.Extensions.Logging;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary><c>/.pomerium/</c> (identity 1.1, 1.2, 7.3): who the proxy takes the user for.</summary>
internal sealed class UserInfo(SignInSettings settings, ILogger log)
{
    private readonly SessionLookup _sessions = new(settings);
    private readonly LoginStart _login = new(settings, log);

    public async ValueTask<FlowAnswer> HandleAsync(FlowRequest request, CancellationToken cancellation)
    {
        if (!settings.IsAuthenticateHost(request.Authority))
        {
            return new UserInfoAnswer(
                await _sessions.FindAsync(request, settings.SessionCookie.RouteName, cancellation)
            );
        }
        if (!QueryParameters.TryParse(request.Query, out QueryParameters? query))
        {
            return new ErrorAnswer(400, "The address cannot be read.");
        }
        if (
            (query.Has(SignInParameter.RedirectUri) || query.Has(SignInParameter.Signature))
            && settings.Signed(request, out ErrorAnswer? refusal) is null
        )
        {
            return refusal!;
        }
        SignedInUser? user = await _sessions.FindAsync(request, settings.SessionCookie.AuthenticateName, cancellation);
        return user is not null || settings.Providers.Default is not { } provider
            ? new UserInfoAnswer(user)
            : await _login.BeginAsync(request, provider, settings.AuthenticateOrigin + SignInPath.Root, cancellation);
    }
}
