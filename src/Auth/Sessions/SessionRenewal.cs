using System.Collections.Immutable;
using Pomerium.Fast.State.Broker;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Sessions;

/// <summary>One attempt for one session: ask the provider, then write what it said, or end the session (identity 3.4).</summary>
internal sealed class SessionRenewal(IdentityStore store, ITokenRefresher provider, TimeProvider clock, bool byIdToken)
{
    // Tokens' own facts do not belong to the session's claims.
    private static readonly string[] KeptClaims = ["iss", "sub", "exp", "iat"];

    public async Task<RefreshOutcome> RunAsync(
        RefreshEntry entry,
        SessionRecord session,
        CancellationToken cancellation
    )
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (session.ExpiresAt <= now)
        {
            return await EndAsync(session, "the session has expired", cancellation).ConfigureAwait(false);
        }
        if (!provider.Knows(session.ProviderId))
        {
            return await EndAsync(session, "the provider is no longer configured", cancellation).ConfigureAwait(false);
        }
        if (session.OAuthToken is null || session.RefreshDisabled)
        {
            return new RefreshOutcome(RefreshResult.Succeeded);
        }
        bool refresh =
            RefreshPlan.IsRefreshable(session) && RefreshPlan.NextRefresh(session, entry.LastRefresh, byIdToken) <= now;
        RefreshOutcome outcome = refresh
            ? await provider.RefreshAsync(session, cancellation).ConfigureAwait(false)
            : await provider.ReadUserAsync(session, cancellation).ConfigureAwait(false);
        if (outcome.Result == RefreshResult.Succeeded && IsOfAnother(session, outcome))
        {
            outcome = new RefreshOutcome(RefreshResult.Permanent) { Detail = "the ID token is another user's" };
        }
        switch (outcome.Result)
        {
            case RefreshResult.Permanent:
                await store.DeleteSessionAsync(session.Id, cancellation).ConfigureAwait(false);
                return outcome;
            case RefreshResult.Temporary:
                return outcome;
            default:
                entry.LastUserInfo = now;
                entry.LastRefresh = refresh ? now : entry.LastRefresh;
                entry.Latest = Renew(session, outcome);
                await WriteAsync(session, entry.Latest, outcome.Claims, cancellation).ConfigureAwait(false);
                return outcome;
        }
    }

    private async Task<RefreshOutcome> EndAsync(SessionRecord session, string why, CancellationToken cancellation)
    {
        await store.DeleteSessionAsync(session.Id, cancellation).ConfigureAwait(false);
        return new RefreshOutcome(RefreshResult.Permanent) { Detail = why };
    }

    private static bool IsOfAnother(SessionRecord session, RefreshOutcome outcome) =>
        session.IdToken is { } before
        && outcome.IdToken is { } after
        && !string.Equals(before.Subject, after.Subject, StringComparison.Ordinal);

    private SessionRecord Renew(SessionRecord session, RefreshOutcome outcome)
    {
        SessionRecord renewed = session with { Claims = Overlay(session.Claims, outcome.Claims) };
        if (outcome.Token is not { } token)
        {
            return renewed;
        }
        // A provider that does not rotate leaves the refresh token out: the old one stays good.
        string refreshToken = token.RefreshToken.Length > 0 ? token.RefreshToken : session.OAuthToken!.RefreshToken;
        return renewed with
        {
            OAuthToken = token with { RefreshToken = refreshToken },
            IdToken = outcome.IdToken ?? (byIdToken ? null : session.IdToken),
        };
    }

    private async Task WriteAsync(
        SessionRecord before,
        SessionRecord after,
        ClaimSet claims,
        CancellationToken cancellation
    )
    {
        // A sign-out may have come in between: what is gone stays gone, and what was ended stays ended.
        if (
            (!ReferenceEquals(before.OAuthToken, after.OAuthToken) || claims.All.Count > 0)
            && await store.GetSessionAsync(after.Id, cancellation).ConfigureAwait(false) is { } current
            && current.ExpiresAt >= before.ExpiresAt
        )
        {
            await store.UpdateSessionAsync(after, cancellation).ConfigureAwait(false);
        }
        if (
            claims.All.Count > 0
            && await store.GetUserAsync(after.UserId, cancellation).ConfigureAwait(false) is { } user
        )
        {
            UserRecord updated = user with
            {
                Name = claims.Text("name") is { Length: > 0 } name ? name : user.Name,
                Email = claims.Text("email") is { Length: > 0 } email ? email : user.Email,
                Claims = Overlay(user.Claims, claims),
            };
            await store.PutUserAsync(updated, cancellation).ConfigureAwait(false);
        }
    }

    private static ClaimSet Overlay(ClaimSet below, ClaimSet above)
    {
        if (above.All.Count == 0)
        {
            return below;
        }
        Dictionary<string, ImmutableArray<object?>> claims = new(below.All, StringComparer.Ordinal);
        foreach ((string name, ImmutableArray<object?> values) in above.All)
        {
            if (!KeptClaims.Contains(name, StringComparer.Ordinal))
            {
                claims[name] = values;
            }
        }
        return new ClaimSet(claims);
    }
}
