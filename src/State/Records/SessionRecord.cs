using System.Collections.Immutable;

namespace Pomerium.Fast.State.Records;

/// <summary>A session as stored (state 5.1). Immutable: a change is a new record with a new version.</summary>
public sealed record SessionRecord
{
    public const string Type = "type.googleapis.com/session.Session";

    public required string Id { get; init; }
    public required string UserId { get; init; }

    /// <summary>Which provider made it; a route of another provider does not accept it.</summary>
    public required string ProviderId { get; init; }
    public required DateTimeOffset IssuedAt { get; init; }
    public required DateTimeOffset AccessedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public OAuthTokenRecord? OAuthToken { get; init; }
    public IdTokenRecord? IdToken { get; init; }
    public ImmutableArray<string> Audience { get; init; } = [];
    public ClaimSet Claims { get; init; } = ClaimSet.Empty;
    public bool RefreshDisabled { get; init; }

    /// <summary>Not expired, and the access token good or refreshable (state 5.1).</summary>
    public bool IsValidAt(DateTimeOffset now) =>
        now < ExpiresAt
        && (
            OAuthToken is not { } token || now < token.ExpiresAt || (!RefreshDisabled && token.RefreshToken.Length > 0)
        );
}

/// <param name="ExpiresAt"><see cref="DateTimeOffset.MaxValue"/> when the provider names no end.</param>
/// <param name="RefreshToken">Empty when the provider gave none.</param>
public sealed record OAuthTokenRecord(
    string AccessToken,
    string TokenType,
    DateTimeOffset ExpiresAt,
    string RefreshToken
);

public sealed record IdTokenRecord(
    string Raw,
    string Issuer,
    string Subject,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt
);
