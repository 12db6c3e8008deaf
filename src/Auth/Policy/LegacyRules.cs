using System.Collections.Immutable;
using System.Globalization;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Policy;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Auth.Policy;

/// <summary>The access fields of a route as one <c>allow: {or: […]}</c> (policy 5.1).</summary>
internal static class LegacyRules
{
    /// <summary>Null when no field says anything; the route then has its document alone, or nothing, which admits nobody.</summary>
    public static PolicyRule? Of(RouteConfig route)
    {
        List<PolicyCriterion> criteria = [];
        void Add(string field, string name, PolicyValue data, string subPath = "") =>
            criteria.Add(new PolicyCriterion(name, subPath, data, field, Mark.None));

        if (route.AllowPublicUnauthenticatedAccess)
        {
            Add("allow_public_unauthenticated_access", "accept", Bool(true));
        }
        if (route.CorsAllowPreflight)
        {
            Add("cors_allow_preflight", "cors_preflight", Bool(true));
        }
        if (route.AllowAnyAuthenticatedUser)
        {
            Add("allow_any_authenticated_user", "authenticated_user", Bool(true));
        }
        if (!route.AllowedDomains.IsEmpty)
        {
            Add("allowed_domains", "domain", In(route.AllowedDomains));
        }
        foreach (AllowedClaim claim in route.AllowedIdpClaims)
        {
            foreach (object? value in claim.Values)
            {
                Add("allowed_idp_claims", "claim", Scalar(value), claim.Path);
            }
        }
        if (!route.AllowedUsers.IsEmpty)
        {
            Add("allowed_users", "user", In(route.AllowedUsers));
            Add("allowed_users", "email", In(route.AllowedUsers));
        }
        return criteria.Count == 0
            ? null
            : new PolicyRule(PolicyAction.Allow, PolicyOperator.Or, [.. criteria], route.ConfigPath, Mark.None);
    }

    private static PolicyValue In(ImmutableArray<string> texts) =>
        new()
        {
            Kind = PolicyValueKind.Object,
            Members = [KeyValuePair.Create("in", Values.List(texts.Select(static t => Scalar(t))))],
        };

    private static PolicyValue Bool(bool value) => new() { Kind = PolicyValueKind.Boolean, Boolean = value };

    private static PolicyValue Scalar(object? value) =>
        value switch
        {
            string text => new PolicyValue { Kind = PolicyValueKind.String, Text = text },
            double number => new PolicyValue
            {
                Kind = PolicyValueKind.Number,
                Number = number,
                Text = number.ToString("R", CultureInfo.InvariantCulture),
            },
            bool truth => Bool(truth),
            _ => new PolicyValue { Kind = PolicyValueKind.Null },
        };
}
