namespace Pomerium.Fast.State.Records;

/// <summary>A user as stored (state 5.2); written at sign-in and when the provider's userinfo changes.</summary>
public sealed record UserRecord
{
    public const string Type = "type.googleapis.com/user.User";

    public required string Id { get; init; }
    public string Name { get; init; } = "";
    public string Email { get; init; } = "";
    public ClaimSet Claims { get; init; } = ClaimSet.Empty;
}
