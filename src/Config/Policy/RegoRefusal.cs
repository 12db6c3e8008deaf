using Pomerium.Fast.Config.Binding;

namespace Pomerium.Fast.Config.Policy;

/// <summary>Policies in Rego are refused, empty ones are let through (policy 5.4).</summary>
internal static class RegoRefusal
{
    public const string Message = "rego policies are not supported: rewrite as policy language, see docs/policy.md";
    public const string Remedy =
        "user, e-mail, domain, claim, method, path, address, certificate, device and time criteria exist; "
        + "anything else belongs into a claim made by the identity provider";

    /// <summary>As a key of a policy document.</summary>
    public static void Check(PolicyNodeMember member, string path, PolicyReport report)
    {
        if (!IsEmpty(member.Node.Value))
        {
            report.Error(path, member.Mark, Message, "", Remedy);
        }
    }

    /// <summary>As a key of a route or of a sub-policy.</summary>
    public static void Check(OptionReader options)
    {
        if (options.Node("rego") is { } node && !IsEmpty(PolicyNode.From(node).Value))
        {
            options.Error("rego", "rego", Message, Remedy);
        }
    }

    private static bool IsEmpty(PolicyValue value) =>
        value.Kind switch
        {
            PolicyValueKind.Null => true,
            PolicyValueKind.String => value.Text.Length == 0,
            PolicyValueKind.Array => value.Items.All(IsEmpty),
            _ => false,
        };
}
