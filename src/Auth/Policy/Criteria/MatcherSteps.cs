using Pomerium.Fast.Config.Policy;

namespace Pomerium.Fast.Auth.Policy.Criteria;

/// <summary>The operators of a string matcher in one form; values that are no text are left out, since they equal none.</summary>
internal static class MatcherSteps
{
    public static IEnumerable<(MatchOperator Operator, IReadOnlyList<string> Texts)> Of(PolicyValue data)
    {
        if (data.Kind != PolicyValueKind.Object)
        {
            return [(MatchOperator.In, Texts([data]))];
        }
        return data.Members.Select(static m =>
            m.Key switch
            {
                "is" => (MatchOperator.In, Texts([m.Value])),
                "not" => (MatchOperator.NotIn, Texts([m.Value])),
                "in" => (MatchOperator.In, Texts(m.Value.Items)),
                "not_in" => (MatchOperator.NotIn, Texts(m.Value.Items)),
                "contains" => (MatchOperator.Contains, Texts([m.Value])),
                "starts_with" => (MatchOperator.StartsWith, Texts([m.Value])),
                _ => (MatchOperator.EndsWith, Texts([m.Value])),
            }
        );
    }

    private static IReadOnlyList<string> Texts(IEnumerable<PolicyValue> values) => [.. values.Texts()];
}
