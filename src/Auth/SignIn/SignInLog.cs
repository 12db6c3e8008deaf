using Microsoft.Extensions.Logging;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary>Events of the sign-in flow; none holds a token, code, cookie or signed URL.</summary>
internal static partial class SignInLog
{
    [LoggerMessage(6001, LogLevel.Error, "identity/oidc: could not connect to {Provider}: {Cause}")]
    public static partial void ProviderUnreachable(this ILogger log, string provider, string cause);

    [LoggerMessage(
        6002,
        LogLevel.Error,
        "authenticate.OAuthCallback: error redeeming authenticate code: {Provider}: {Cause}"
    )]
    public static partial void RedeemFailed(this ILogger log, string provider, string cause);

    [LoggerMessage(6003, LogLevel.Error, "failed saving new session: {Cause}")]
    public static partial void SaveFailed(this ILogger log, string cause);

    [LoggerMessage(6004, LogLevel.Information, "signed in: session {Session} of {User} by {Provider}")]
    public static partial void SignedIn(this ILogger log, string session, string user, string provider);

    [LoggerMessage(6005, LogLevel.Information, "signed out: session {Session} of {User}")]
    public static partial void SignedOut(this ILogger log, string session, string user);

    [LoggerMessage(6006, LogLevel.Warning, "authenticate: failed to revoke access token: {Cause}")]
    public static partial void RevokeFailed(this ILogger log, string cause);
}
