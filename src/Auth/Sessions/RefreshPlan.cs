using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Sessions;

/// <summary>When the next thing is to be done for a session (state 5.6, identity 3.4). Pure functions.</summary>
internal static class RefreshPlan
{
    public static readonly TimeSpan UserInfoEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(60);

    // Longer than a browser needs from the route's host, which ends a session at sign-out, to the sign-in host, which
    // still needs its tokens to end it at the provider.
    private static readonly TimeSpan KeptAfterEnd = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan GapMin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryFirst = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryMax = TimeSpan.FromMinutes(5);

    /// <summary>Only then is there anything to ask the provider for.</summary>
    public static bool IsRefreshable(SessionRecord session) =>
        !session.RefreshDisabled && session.OAuthToken is { RefreshToken.Length: > 0 };

    /// <summary>A minute before the first of its tokens ends, at the latest when an ended session may be forgotten.</summary>
    /// <param name="byIdToken">Flag <c>refresh_session_at_id_token_expiration</c>.</param>
    public static DateTimeOffset NextRefresh(SessionRecord session, DateTimeOffset lastRefresh, bool byIdToken)
    {
        DateTimeOffset next = session.ExpiresAt + KeptAfterEnd;
        if (IsRefreshable(session))
        {
            next = Earlier(next, session.OAuthToken!.ExpiresAt);
            if (byIdToken && session.IdToken is { } idToken)
            {
                next = Earlier(next, idToken.ExpiresAt);
            }
        }
        DateTimeOffset soonest = lastRefresh == DateTimeOffset.MinValue ? lastRefresh : lastRefresh + GapMin;
        return next < soonest ? soonest : next;
    }

    /// <summary>10 s, doubling to 5 min, spread by a fifth either way.</summary>
    /// <param name="failures">In a row, at least 1.</param>
    /// <param name="spread">0 to 1.</param>
    public static TimeSpan RetryAfter(int failures, TimeSpan? asked, double spread)
    {
        TimeSpan gap = RetryFirst * Math.Pow(2, Math.Min(failures - 1, 10));
        gap = (gap < RetryMax ? gap : RetryMax) * (0.8 + (0.4 * spread));
        return asked is { } wished && wished > gap ? wished : gap;
    }

    private static DateTimeOffset Earlier(DateTimeOffset session, DateTimeOffset token) =>
        token < DateTimeOffset.MaxValue && token - Ahead < session ? token - Ahead : session;
}
