using System.Collections.Immutable;
using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Policy;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Who may use a route (config spec 3.3, policy 5): the older fields, those of sub-policies, and the policy document.</summary>
internal sealed record RouteAccess(
    bool Public,
    bool AnyUser,
    ImmutableArray<string> Users,
    ImmutableArray<string> Domains,
    ImmutableArray<AllowedClaim> Claims,
    PolicyDocument? Policy
)
{
    private static readonly ImmutableArray<string> AllowKeys =
    [
        "allowed_users",
        "allowed_domains",
        "allowed_idp_claims",
        "sub_policies",
    ];

    public static RouteAccess Read(OptionReader options)
    {
        bool isPublic = options.Flag("allow_public_unauthenticated_access");
        bool anyUser = options.Flag("allow_any_authenticated_user");
        ImmutableArray<string> users = options.List("allowed_users") ?? [];
        ImmutableArray<string> domains = options.List("allowed_domains") ?? [];
        ImmutableArray<AllowedClaim> claims = AllowedClaims.Read(options);
        RegoRefusal.Check(options);
        CheckContradictions(options, isPublic, anyUser, !users.IsEmpty || !domains.IsEmpty);
        foreach (OptionReader sub in options.Elements("sub_policies"))
        {
            Keys.KeyTable table = Keys.RouteKeys.SubPolicy;
            KeyEffects.Check(sub, table);
            RegoRefusal.Check(sub);
            users = users.AddRange(sub.List("allowed_users") ?? []);
            domains = domains.AddRange(sub.List("allowed_domains") ?? []);
            claims = claims.AddRange(AllowedClaims.Read(sub));
        }
        PolicyDocument? policy = options.Node("policy") is { } node
            ? PolicyReader.Read(node, options.Path("policy"), options.Problems)
            : null;
        WarnOfSurprises(options, anyUser || isPublic || AllowKeys.Any(options.Has));
        return new RouteAccess(isPublic, anyUser, users, domains, claims, policy);
    }

    private static void CheckContradictions(OptionReader options, bool isPublic, bool anyUser, bool lists)
    {
        if (isPublic && (anyUser || lists))
        {
            options.Error(
                "allow_public_unauthenticated_access",
                "public-with-lists",
                "config: policy route marked as public but contains whitelists",
                "remove the lists or allow_public_unauthenticated_access"
            );
        }
        if (anyUser && lists)
        {
            options.Error(
                "allow_any_authenticated_user",
                "any-user-with-lists",
                "config: policy route marked accessible for any authenticated user but contains whitelists",
                "remove the lists or allow_any_authenticated_user"
            );
        }
    }

    private static void WarnOfSurprises(OptionReader options, bool older)
    {
        if (options.Has("policy") && older)
        {
            options.Warn(
                "policy",
                "policy-and-lists",
                "the policy is joined by \"or\" with the allow keys of this route, which widens access",
                "write everything in the policy"
            );
        }
        if (!options.Has("policy") && !older)
        {
            options.Warn("from", "nobody-allowed", "nothing allows anyone to use this route", "add a policy");
        }
    }
}
