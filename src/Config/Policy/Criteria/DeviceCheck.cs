namespace Pomerium.Fast.Config.Policy.Criteria;

/// <summary>Data of <c>device</c> (policy 3.3).</summary>
internal static class DeviceCheck
{
    private static readonly string[] Fields = ["is", "type", "approved"];

    public static void Check(CriterionReport report)
    {
        PolicyNode data = report.Data;
        if (data.Value.Kind != PolicyValueKind.Object)
        {
            report.Error(
                data,
                $"expected object for device criterion, got: {data.Value.Kind}",
                "write for example device: {type: any}"
            );
            return;
        }
        if (data.Members.IsEmpty)
        {
            report.Error(data, "empty matcher", "name is, type or approved");
        }
        foreach (PolicyNodeMember member in report.Unique(data))
        {
            CheckField(report, member);
        }
        report.Warn(
            data,
            "device is not yet effective in this build: nobody has a registered device, so it never grants access",
            "use another criterion until devices can be registered"
        );
    }

    private static void CheckField(CriterionReport report, PolicyNodeMember member)
    {
        PolicyValueKind kind = member.Node.Value.Kind;
        switch (member.Name)
        {
            case "is" or "type" when kind != PolicyValueKind.String:
                report.Error(
                    member.Node,
                    $"expected string for device criterion {member.Name} operator, got {kind}",
                    "put the value in quotes"
                );
                break;
            case "approved" when kind != PolicyValueKind.Boolean:
                report.Error(
                    member.Node,
                    $"expected boolean for device criterion approved operator, got {kind}",
                    "write true or false"
                );
                break;
            case "is" or "type" or "approved":
                break;
            default:
                report.Error(
                    member,
                    "unexpected field in device criterion: " + NearestWord.With(member.Name, Fields),
                    "the fields are " + string.Join(", ", Fields)
                );
                break;
        }
    }
}
