using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Sessions;

/// <summary>How a call to a provider about an existing session ended (identity 3.4).</summary>
public enum RefreshResult : byte
{
    Succeeded,

    /// <summary>The provider is at fault or out of reach: the session lives on, try again later.</summary>
    Temporary,

    /// <summary>The provider no longer stands for the user: the session ends.</summary>
    Permanent,
}

/// <summary>New tokens and claims, or why there are none.</summary>
public sealed record RefreshOutcome(RefreshResult Result)
{
    /// <summary>Null when only claims were asked for.</summary>
    public OAuthTokenRecord? Token { get; init; }

    /// <summary>Null when the provider returned none; verified otherwise.</summary>
    public IdTokenRecord? IdToken { get; init; }

    /// <summary>What provider and userinfo now say; laid over the session's claims.</summary>
    public ClaimSet Claims { get; init; } = ClaimSet.Empty;

    /// <summary>How long the provider asked to be left alone; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>For the log.</summary>
    public string Detail { get; init; } = "";
}

/// <summary>The provider's side of keeping sessions fresh. Thread-safe; a failure is an outcome, never an exception.</summary>
public interface ITokenRefresher
{
    /// <summary>Whether the configuration still has the provider that made the session.</summary>
    bool Knows(string providerId);

    /// <summary>Redeems the refresh token, then asks userinfo.</summary>
    ValueTask<RefreshOutcome> RefreshAsync(SessionRecord session, CancellationToken cancellation);

    /// <summary>Asks userinfo alone; succeeds with no claims where the provider has none.</summary>
    ValueTask<RefreshOutcome> ReadUserAsync(SessionRecord session, CancellationToken cancellation);
}
