using Pomerium.Fast.Config.Policy.Criteria;

namespace Pomerium.Fast.Config.Policy;

/// <summary>Reads <c>{name/sub-path: data}</c> and has the criterion's own check look at the data.</summary>
internal static class CriterionReader
{
    /// <returns>Null after an error was reported.</returns>
    public static PolicyCriterion? Read(PolicyNode node, string path, PolicyReport report)
    {
        if (node.Value.Kind != PolicyValueKind.Object)
        {
            report.Error(
                path,
                node.Value.Mark,
                $"unsupported type for criteria array: {node.Value.Kind}",
                node.Value.Text,
                "each criterion is an object with one key: its name, then a colon and its data"
            );
            return null;
        }
        PolicyNodeMember[] members = [.. report.Unique(node, path)];
        if (members is not [PolicyNodeMember only])
        {
            report.Error(
                path,
                node.Value.Mark,
                "each criteria may only contain a single key and value",
                "",
                "write one criterion to a list element"
            );
            return null;
        }
        int slash = only.Name.IndexOf('/', StringComparison.Ordinal);
        string name = slash < 0 ? only.Name : only.Name[..slash];
        string subPath = slash < 0 ? "" : only.Name[(slash + 1)..];
        PolicyCriterion criterion = new(name, subPath, only.Node.Value, path, only.Mark);
        return CriterionTable.Check(criterion, new CriterionReport(report, criterion, only.Node)) ? criterion : null;
    }
}
