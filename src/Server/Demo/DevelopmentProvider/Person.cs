using System.Collections.Immutable;

namespace Pomerium.Fast.Server.Demo.DevelopmentProvider;

/// <summary>Somebody who may sign in. All addresses are of reserved domains (RFC 2606), so no real mailbox is meant.</summary>
internal sealed record Person(
    string Id,
    string Name,
    string Email,
    bool EmailVerified,
    ImmutableArray<string> Groups,
    string About
)
{
    public const string AdminGroup = "admins";

    public static Person Admin { get; } =
        new(
            "admin",
            "Ada Admin",
            "admin@example.com",
            EmailVerified: true,
            [AdminGroup, "engineering"],
            "let in everywhere"
        );

    public static Person Guest { get; } =
        new("guest", "Gus Guest", "guest@example.com", EmailVerified: true, [], "refused by two routes");

    public static Person Newcomer { get; } =
        new(
            "newcomer",
            "Nia New",
            "newcomer@example.com",
            EmailVerified: false,
            ["engineering"],
            "e-mail not verified"
        );

    public static ImmutableArray<Person> Known { get; } = [Admin, Guest, Newcomer];

    /// <summary>One of <see cref="Known"/>, or somebody made up in the form; null when the form names nobody.</summary>
    public static Person? From(IFormCollection form)
    {
        string id = form["person"].ToString();
        if (Known.FirstOrDefault(p => string.Equals(p.Id, id, StringComparison.Ordinal)) is { } known)
        {
            return known;
        }
        string email = form["email"].ToString().Trim();
        if (id is not "other" || email.Length is 0 or > 200 || !email.Contains('@', StringComparison.Ordinal))
        {
            return null;
        }
        string name = form["name"].ToString().Trim();
        return new Person(
            "other-" + email,
            name.Length is 0 or > 200 ? email : name,
            email,
            EmailVerified: true,
            [
                .. form["groups"]
                    .ToString()
                    .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            ],
            ""
        );
    }
}
