using System.Collections.Immutable;
using Pomerium.Fast.State.Broker;

namespace Pomerium.Fast.Auth.Credentials;

/// <summary>
/// What the session cookie and the programmatic token hold (identity 3.1, state 5.1): names of records and nothing about
/// the user that a policy could believe.
/// </summary>
public sealed record SessionHandle
{
    /// <summary>Session id, claim <c>jti</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Claim <c>sub</c>.</summary>
    public string UserId { get; init; } = "";

    /// <summary>Claim <c>idp_id</c>; empty means good for every provider.</summary>
    public string ProviderId { get; init; } = "";
    public string Issuer { get; init; } = "";

    /// <summary>Hosts that it was made for; not compared with the request's (identity 3.1).</summary>
    public ImmutableArray<string> Audience { get; init; } = [];

    /// <summary>Unix seconds; 0 when absent.</summary>
    public long IssuedAt { get; init; }

    /// <summary>Unix seconds; 0 when absent. Not written for sessions: the record's end counts.</summary>
    public long ExpiresAt { get; init; }

    /// <summary>Unix seconds; 0 when absent.</summary>
    public long NotBefore { get; init; }

    /// <summary>The write that made the session: a reader that is behind it must ask the store (state 5.1).</summary>
    public RecordVersion Version { get; init; }

    private const long LeewaySeconds = 60;

    /// <summary>Within its own times, when it has any (identity 3.1).</summary>
    public bool IsTimely(long unixMs)
    {
        long now = unixMs / 1000;
        return (ExpiresAt == 0 || now < ExpiresAt + LeewaySeconds)
            && (NotBefore == 0 || now >= NotBefore - LeewaySeconds);
    }
}
