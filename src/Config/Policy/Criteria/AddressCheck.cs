namespace Pomerium.Fast.Config.Policy.Criteria;

/// <summary>Addresses and ranges of <c>source_ip</c> (policy 3.6).</summary>
internal static class AddressCheck
{
    public static void Check(CriterionReport report)
    {
        switch (report.Data.Value.Kind)
        {
            case PolicyValueKind.String:
                CheckRange(report, report.Data);
                break;
            case PolicyValueKind.Array:
                foreach (PolicyNode item in report.Data.Items)
                {
                    CheckRange(report, item);
                }
                break;
            default:
                report.Error(
                    report.Data,
                    $"expected string or array of strings, got: {report.Data.Value.Kind}",
                    "write an address, a range such as 10.0.0.0/8, or a list of them"
                );
                break;
        }
    }

    private static void CheckRange(CriterionReport report, PolicyNode node)
    {
        if (node.Value.Kind != PolicyValueKind.String)
        {
            report.Error(node, $"expected string value, got: {node.Value.Kind}", "write an address or a range as text");
        }
        else if (!AddressRange.TryParse(node.Value.Text, out _))
        {
            report.Error(
                node,
                $"expected IP or CIDR range, got: \"{node.Value.Text}\"",
                "write an address such as 192.0.2.7 or a range such as 10.0.0.0/8 or 2001:db8::/32, without port, name or zone"
            );
        }
    }
}
