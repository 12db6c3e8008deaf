using System.Collections.Immutable;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Providers;

/// <summary>
/// One configured provider: a kind with its URL and client. Thread-safe; discovers itself at first use, so that a
/// provider that is down does not keep the proxy from starting. Failures are <see cref="ProviderException"/>s.
/// </summary>
public interface IIdentityProvider
{
    string Id { get; }
    ProviderTraits Traits { get; }
    string ClientId { get; }

    /// <summary>The authorization code can be bound to this browser by a verifier (S256); asks discovery.</summary>
    ValueTask<bool> SupportsPkceAsync(CancellationToken cancellation);

    /// <summary>ID tokens carry the nonce that was asked for.</summary>
    bool UsesNonce { get; }

    ValueTask<string> AuthorizationUrlAsync(AuthorizationRequest request, CancellationToken cancellation);
    ValueTask<ProviderIdentity> RedeemAsync(CodeRedemption redemption, CancellationToken cancellation);

    /// <summary>New tokens and claims for the session.</summary>
    ValueTask<ProviderIdentity> RefreshAsync(SessionRecord session, CancellationToken cancellation);

    /// <summary>What the provider now says of the user; null when it has no such service.</summary>
    ValueTask<ClaimSet?> UserInfoAsync(SessionRecord session, CancellationToken cancellation);
    ValueTask RevokeAsync(OAuthTokenRecord token, CancellationToken cancellation);

    /// <summary>Where a sign-out goes on at the provider; null when it ends here.</summary>
    ValueTask<string?> SignOutUrlAsync(ProviderSignOut signOut, CancellationToken cancellation);
}

/// <param name="Nonce">Null when the provider does not use one.</param>
/// <param name="CodeChallenge">S256 challenge, or null.</param>
public sealed record AuthorizationRequest(string RedirectUri, string State, string? Nonce, string? CodeChallenge);

/// <param name="Nonce">What the ID token must carry; null when none was sent.</param>
public sealed record CodeRedemption(string RedirectUri, string Code, string? Verifier, string? Nonce);

/// <param name="IdTokenHint">Empty when none was kept.</param>
/// <param name="Target">Where the user ends at last; empty for <paramref name="SignedOutUrl"/>.</param>
public sealed record ProviderSignOut(string IdTokenHint, string Target, string SignedOutUrl);

/// <summary>What a provider said about a user, checked.</summary>
public sealed record ProviderIdentity
{
    /// <summary><c>oid</c>, else <c>sub</c> (identity 2.5).</summary>
    public required string UserId { get; init; }
    public required OAuthTokenRecord Token { get; init; }
    public IdTokenRecord? IdToken { get; init; }
    public ImmutableArray<string> Audience { get; init; } = [];

    /// <summary>Claims of the ID token overlaid by those of userinfo.</summary>
    public required ClaimSet Claims { get; init; }
}

/// <summary>Whose fault a failed call to a provider is; decides the status and whether to try again.</summary>
public enum ProviderFault
{
    /// <summary>Not reached, too slow, 5xx, 429, or an answer that makes no sense.</summary>
    Unavailable,

    /// <summary>Discovery failed: nothing is known of the provider yet.</summary>
    NotDiscovered,

    /// <summary>The code or refresh token is not (or no longer) good.</summary>
    InvalidGrant,

    /// <summary>It said no for another reason.</summary>
    Refused,

    /// <summary>Its token or userinfo does not hold what it must.</summary>
    BadIdentity,
}

public sealed class ProviderException : Exception
{
    public ProviderException()
        : this(ProviderFault.Unavailable, "the identity provider failed") { }

    public ProviderException(string message)
        : this(ProviderFault.Unavailable, message) { }

    public ProviderException(string message, Exception inner)
        : this(ProviderFault.Unavailable, message, inner) { }

    public ProviderException(ProviderFault fault, string message, Exception? inner = null)
        : base(message, inner) => Fault = fault;

    public ProviderFault Fault { get; }

    /// <summary>How long the provider asked to be left alone; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
    public bool IsTemporary => Fault is ProviderFault.Unavailable or ProviderFault.NotDiscovered;
}
