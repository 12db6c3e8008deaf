namespace Pomerium.Fast.Config.Policy.Criteria;

/// <summary>A claim and its list matcher (policy 3.2, 4.2).</summary>
internal static class ListMatcherCheck
{
    private static readonly string[] Operators = ["has", "is", "exclude"];

    public static void Check(CriterionReport report)
    {
        if (report.Criterion.SubPath.Length == 0)
        {
            report.Error(report.Data, "claim requires a path, for example claim/groups", "write claim/NAME");
        }
        PolicyNode data = report.Data;
        if (data.Value.Kind != PolicyValueKind.Object)
        {
            CheckWanted(report, data);
            return;
        }
        if (data.Members.IsEmpty)
        {
            report.Error(data, "empty matcher", "name an operator, for example has");
        }
        foreach (PolicyNodeMember member in report.Unique(data))
        {
            if (member.Name is "has" or "is" or "exclude")
            {
                CheckWanted(report, member.Node);
                continue;
            }
            report.Error(
                member,
                "unknown string list matcher operator: " + NearestWord.With(member.Name, Operators),
                "the operators are " + string.Join(", ", Operators)
            );
        }
    }

    private static void CheckWanted(CriterionReport report, PolicyNode wanted)
    {
        if (wanted.Value.Kind is PolicyValueKind.Array or PolicyValueKind.Object)
        {
            report.Error(wanted, "list matcher requires a scalar", "write one criterion for each value, under or");
        }
    }
}
