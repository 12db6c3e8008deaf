using System.Collections.Immutable;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.State.Tests;

internal static class Samples
{
    public static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static SessionRecord Session(string id) =>
        new()
        {
            Id = id,
            UserId = "user-" + id,
            ProviderId = "provider",
            IssuedAt = Now,
            AccessedAt = Now.AddSeconds(1),
            ExpiresAt = Now.AddHours(14).AddTicks(1234567),
            OAuthToken = new OAuthTokenRecord("access", "Bearer", Now.AddHours(1), "refresh"),
            IdToken = new IdTokenRecord("raw", "https://idp", "subject", Now, Now.AddMinutes(5)),
            Audience = ["a.example.com", "b.example.com:8443"],
            RefreshDisabled = true,
            Claims = Claims(("groups", ["admins", "ü"]), ("n", [1.5, -3d, true, false, null]), ("empty", [])),
        };

    public static ClaimSet Claims(params (string Name, ImmutableArray<object?> Values)[] claims) =>
        new(claims.Select(static c => new KeyValuePair<string, ImmutableArray<object?>>(c.Name, c.Values)));
}
