namespace Pomerium.Fast.Config.Policy;

/// <summary>Bodies that are well-formed but seldom mean what they say (policy 2.2).</summary>
internal static class BodyWarnings
{
    /// <param name="rules">The operators of one body.</param>
    public static void Check(IReadOnlyList<PolicyRule> rules, string path, PolicyReport report)
    {
        if (rules.Count > 1 && rules.FirstOrDefault(static r => IsInverting(r.Operator)) is { } inverting)
        {
            report.Warn(
                path,
                inverting.Mark,
                $"operators of one body are joined with or: \"{Word(inverting)}\" beside another operator widens the rule",
                "",
                "to exclude somebody write the criteria under deny: {or: […]}"
            );
        }
        foreach (PolicyRule rule in rules)
        {
            if (rule.Operator == PolicyOperator.Or && rule.Criteria.Length > 1 && Has(rule, "accept"))
            {
                Never(rule, "an accept in an or always holds, the criteria beside it never matter", report);
            }
            if (rule.Operator == PolicyOperator.And && Has(rule, "reject"))
            {
                Never(rule, "an and with reject never holds", report);
            }
        }
    }

    private static void Never(PolicyRule rule, string message, PolicyReport report) =>
        report.Warn(rule.Path, rule.Mark, message, "", "remove what has no effect");

    private static bool Has(PolicyRule rule, string name) =>
        rule.Criteria.Any(c => c.Name.Equals(name, StringComparison.Ordinal));

    private static bool IsInverting(PolicyOperator op) => op is PolicyOperator.Not or PolicyOperator.Nor;

    private static string Word(PolicyRule rule) => rule.Operator == PolicyOperator.Not ? "not" : "nor";
}
