using System.Collections.Frozen;

namespace Pomerium.Fast.Config.Policy.Criteria;

/// <summary>All criteria by name (policy 3), and the check of their data.</summary>
internal static class CriterionTable
{
    private static readonly FrozenDictionary<string, Action<CriterionReport>> Checks = new Dictionary<
        string,
        Action<CriterionReport>
    >(StringComparer.Ordinal)
    {
        ["accept"] = IgnoredData.Check,
        ["reject"] = IgnoredData.Check,
        ["authenticated_user"] = IgnoredData.Check,
        ["user"] = static r => StringMatcherCheck.Check(r, r.Data),
        ["email"] = TextualIdentity.CheckEmail,
        ["domain"] = TextualIdentity.CheckDomain,
        ["claim"] = ListMatcherCheck.Check,
        ["device"] = DeviceCheck.Check,
        ["client_certificate"] = CertificateCheck.Check,
        ["invalid_client_certificate"] = CertificateCheck.CheckInvalid,
        ["http_method"] = static r => StringMatcherCheck.Check(r, r.Data),
        ["http_path"] = static r => StringMatcherCheck.Check(r, r.Data),
        ["cors_preflight"] = IgnoredData.Check,
        ["source_ip"] = AddressCheck.Check,
        ["pomerium_routes"] = IgnoredData.CheckPomeriumRoutes,
        ["date"] = TimeChecks.CheckDate,
        ["day_of_week"] = TimeChecks.CheckDayOfWeek,
        ["time_of_day"] = TimeChecks.CheckTimeOfDay,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Names of other products or times, and what to do instead.</summary>
    private static readonly FrozenDictionary<string, string> Absent = new Dictionary<string, string>(
        StringComparer.Ordinal
    )
    {
        ["groups"] = "groups are claims of the identity provider here: write \"claim/groups\"",
        ["record"] = "external data needs a commercial console: have the identity provider put it into a claim",
        ["mcp_tool"] = "there is no MCP support here: remove the criterion",
        ["ssh_username"] = "there is no SSH support here: remove the criterion",
        ["ssh_publickey"] = "there is no SSH support here: remove the criterion",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <returns>Whether the criterion exists; errors of its data are in the report.</returns>
    public static bool Check(PolicyCriterion criterion, CriterionReport report)
    {
        if (!Checks.TryGetValue(criterion.Name, out Action<CriterionReport>? check))
        {
            report.Unknown(
                "unknown policy criterion: "
                    + NearestWord.With(criterion.Name, Checks.Keys.Order(StringComparer.Ordinal)),
                Absent.GetValueOrDefault(criterion.Name, "docs/policy.md lists the criteria")
            );
            return false;
        }
        if (criterion.SubPath.Length > 0 && criterion.Name is not "claim")
        {
            report.Warn(
                report.Data,
                $"{criterion.Name} has no sub-path, \"/{criterion.SubPath}\" is ignored",
                $"write \"{criterion.Name}\""
            );
        }
        check(report);
        return true;
    }
}
