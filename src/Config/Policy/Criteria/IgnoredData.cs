namespace Pomerium.Fast.Config.Policy.Criteria;

/// <summary>Criteria that need no data; what is written has no meaning (policy 3).</summary>
internal static class IgnoredData
{
    public static void Check(CriterionReport report)
    {
        if (report.Data.Value is { Kind: PolicyValueKind.Boolean, Boolean: false })
        {
            string name = report.Criterion.Name;
            report.Warn(
                report.Data,
                $"the data of {name} is ignored: \"{name}: false\" means the same as \"{name}: true\"",
                "remove the criterion, or put it under not"
            );
        }
    }

    public static void CheckPomeriumRoutes(CriterionReport report) =>
        report.Warn(
            report.Data,
            "pomerium_routes never holds: internal paths are decided before policies",
            "remove the criterion"
        );
}
