using Pomerium.Fast.Auth.Credentials;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary>A handle with the record that it names.</summary>
public sealed record SignedInUser(SessionHandle Handle, SessionRecord Session, UserRecord? User);

/// <summary>Finds the session of a cookie for the control plane, straight from the store (identity 3.1, 3.3).</summary>
internal sealed class SessionLookup(SignInSettings settings)
{
    /// <summary>The first of the cookies whose handle verifies; null when none does.</summary>
    public SessionHandle? Handle(FlowRequest request, string cookieName)
    {
        foreach (string value in request.Cookies(cookieName))
        {
            if (
                settings.Codec.Verify(value, out _) is { } handle
                && handle.IsTimely(settings.Now.ToUnixTimeMilliseconds())
            )
            {
                return handle;
            }
        }
        return null;
    }

    /// <summary>The session of the cookie, valid now; null when nobody is signed in.</summary>
    public async ValueTask<SignedInUser?> FindAsync(
        FlowRequest request,
        string cookieName,
        CancellationToken cancellation
    )
    {
        if (
            Handle(request, cookieName) is not { } handle
            || await settings.Store.GetSessionAsync(handle.Id, cancellation) is not { } session
            || !session.IsValidAt(settings.Now)
        )
        {
            return null;
        }
        return new SignedInUser(handle, session, await settings.Store.GetUserAsync(session.UserId, cancellation));
    }
}
