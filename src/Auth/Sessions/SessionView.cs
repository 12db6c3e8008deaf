using Pomerium.Fast.Auth.Identity;
using Pomerium.Fast.Auth.Policy;
using Pomerium.Fast.State.Broker;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Sessions;

/// <summary>
/// A signed-in user as requests see him: one version of a session record and of its user record, with everything that
/// was worked out from them. A changed record makes a new view. What it shows is immutable; what loops remember on it
/// belongs to the loop that made it.
/// </summary>
public sealed class SessionView
{
    internal SessionView(Versioned<SessionRecord> session, Versioned<UserRecord>? user, string login)
    {
        Session = session.Record;
        SessionVersion = session.Version;
        User = user?.Record;
        UserVersion = user?.Version ?? 0;
        Subject = new PolicySubject(Session, User, login);
        ValidUntilMs = EndOf(Session);
    }

    public SessionRecord Session { get; }
    public UserRecord? User { get; }
    public ulong SessionVersion { get; }

    /// <summary>0 without a user record.</summary>
    public ulong UserVersion { get; }
    public PolicySubject Subject { get; }

    /// <summary>Unix milliseconds; from here on nobody is signed in by this record (state 5.1).</summary>
    public long ValidUntilMs { get; }

    private IdentityMaterial? _material;

    /// <summary>What upstreams are told, under this plan; on the view's loop only.</summary>
    internal IdentityMaterial MaterialFor(IdentityPlan plan) =>
        _material is { } material && ReferenceEquals(material.Plan, plan)
            ? material
            : _material = new IdentityMaterial(plan, Session, User);

    private static long EndOf(SessionRecord session)
    {
        DateTimeOffset end = session.ExpiresAt;
        bool refreshable = !session.RefreshDisabled && session.OAuthToken is { RefreshToken.Length: > 0 };
        if (session.OAuthToken is { } token && !refreshable && token.ExpiresAt < end)
        {
            end = token.ExpiresAt;
        }
        return end.ToUnixTimeMilliseconds();
    }
}
