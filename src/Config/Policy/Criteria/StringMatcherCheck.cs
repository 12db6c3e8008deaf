namespace Pomerium.Fast.Config.Policy.Criteria;

/// <summary>Data of a string matcher (policy 4.1).</summary>
internal static class StringMatcherCheck
{
    private static readonly string[] Operators = ["is", "not", "contains", "starts_with", "ends_with", "in", "not_in"];

    public static void Check(CriterionReport report, PolicyNode data)
    {
        if (data.Value.Kind != PolicyValueKind.Object)
        {
            WarnUnlessText(report, data);
            return;
        }
        if (data.Members.IsEmpty)
        {
            report.Error(data, "empty matcher", "name an operator, for example is");
        }
        foreach (PolicyNodeMember member in report.Unique(data))
        {
            CheckOperator(report, member);
        }
    }

    /// <summary>The texts compared as wholes: those of <c>is</c>, <c>not</c>, <c>in</c>, <c>not_in</c> and of the short form.</summary>
    public static IEnumerable<PolicyNode> WholeTexts(PolicyNode data) =>
        data.Value.Kind == PolicyValueKind.Object
            ? data
                .Members.Where(static m => m.Name is "is" or "not" or "in" or "not_in")
                .SelectMany(static m => m.Name is "in" or "not_in" ? m.Node.Items : [m.Node])
                .Where(IsText)
            : new[] { data }.Where(IsText);

    private static bool IsText(PolicyNode node) => node.Value.Kind == PolicyValueKind.String;

    private static void CheckOperator(CriterionReport report, PolicyNodeMember member)
    {
        switch (member.Name)
        {
            case "is" or "not":
                WarnUnlessText(report, member.Node);
                break;
            case "in" or "not_in" when member.Node.Value.Kind == PolicyValueKind.Array:
                foreach (PolicyNode item in member.Node.Items)
                {
                    WarnUnlessText(report, item);
                }
                break;
            case "in" or "not_in":
                report.Error(
                    member.Node,
                    $"{member.Name} matcher requires an array of strings",
                    "write a list: [a, b]"
                );
                break;
            case "contains" or "starts_with" or "ends_with" when IsText(member.Node):
                break;
            case "contains" or "starts_with" or "ends_with":
                report.Error(member.Node, $"{member.Name} matcher requires a string", "put the value in quotes");
                break;
            default:
                report.Error(
                    member,
                    "unknown string matcher operator: " + NearestWord.With(member.Name, Operators),
                    "the operators are " + string.Join(", ", Operators)
                );
                break;
        }
    }

    private static void WarnUnlessText(CriterionReport report, PolicyNode node)
    {
        if (!IsText(node))
        {
            report.Warn(node, $"a value of type {node.Value.Kind} never equals a text", Remedy(node));
        }
    }

    private static string Remedy(PolicyNode node) =>
        node.Value.Kind == PolicyValueKind.Array ? "for one of several write {in: [a, b]}" : "put the value in quotes";
}
