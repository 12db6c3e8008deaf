using System.Collections.Immutable;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Identity;

/// <summary>
/// What an assertion says about the user, whoever it is for (identity 6.2): base claims, which no claim of a provider
/// can replace, and those that the operator named.
/// </summary>
internal sealed class AssertionFacts
{
    private static readonly string[] BaseNames =
    [
        "iss",
        "aud",
        "jti",
        "iat",
        "exp",
        "sub",
        "user",
        "email",
        "groups",
        "sid",
        "name",
    ];

    public AssertionFacts(SessionRecord? session, UserRecord? user, IEnumerable<string> named)
    {
        UserId = session?.UserId ?? "";
        SessionId = session?.Id ?? "";
        Email = user?.Email ?? "";
        ExpiresAt = session?.ExpiresAt ?? DateTimeOffset.MaxValue;
        Groups = ClaimText.List(session?.Claims["groups"] ?? []);
        Name = NameOf(session, user);
        Others =
        [
            .. named
                .Distinct(StringComparer.Ordinal)
                .Where(static n => !BaseNames.Contains(n, StringComparer.Ordinal))
                .Select(n => new KeyValuePair<string, string?>(n, Find(session, user, n)))
                .Where(static c => c.Value is not null)
                .Select(static c => new KeyValuePair<string, string>(c.Key, c.Value!)),
        ];
    }

    public string UserId { get; }
    public string SessionId { get; }
    public string Email { get; }
    public string Name { get; }
    public ImmutableArray<string> Groups { get; }
    public ImmutableArray<KeyValuePair<string, string>> Others { get; }
    public DateTimeOffset ExpiresAt { get; }

    private static string NameOf(SessionRecord? session, UserRecord? user)
    {
        string? name = Find(session, user, "name");
        return name is { Length: > 0 } ? name : user?.Name ?? "";
    }

    /// <summary>The session's claim, else the user's; null when neither has a value with a text form.</summary>
    private static string? Find(SessionRecord? session, UserRecord? user, string name)
    {
        ImmutableArray<object?> values = [];
        if (
            session?.Claims.All.TryGetValue(name, out values) != true
            && user?.Claims.All.TryGetValue(name, out values) != true
        )
        {
            return null;
        }
        ImmutableArray<string> texts = ClaimText.List(values);
        return texts.Length == 0 && values.Length > 0 ? null : string.Join(',', texts);
    }
}
