using System.Collections.Immutable;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Policy;

/// <summary>Reads a route's <c>policy</c> into a document (policy 2.1), reporting all that is wrong with it, in the order of the text.</summary>
public static class PolicyReader
{
    private static readonly string[] Actions = ["allow", "deny"];
    private static readonly string[] Operators = ["and", "or", "not", "nor"];

    /// <param name="node">The value of <c>policy</c>: an object, a list of objects, or a text that holds JSON.</param>
    /// <param name="path">Config path of the value, e.g. <c>routes[2].policy</c>.</param>
    /// <returns>The document; null for a null value, and after errors were reported.</returns>
    public static PolicyDocument? Read(ConfigNode node, string path, ICollection<Diagnostic> diagnostics)
    {
        PolicyReport report = new(diagnostics);
        if (node.Kind == ConfigNodeKind.String && LooksLikeJson(node.Text))
        {
            List<Diagnostic> syntax = [];
            if (JsonSource.Parse(node.Text, node.Mark.Source, syntax) is not { } inner)
            {
                report.Error(path, node.Mark, "invalid rules in policy: " + syntax[0].Message, "", "correct the JSON");
                return null;
            }
            // Places inside the text are lines of no file; all findings point at the text.
            return Read(PolicyNode.From(inner, node.Mark), path, report);
        }
        return Read(PolicyNode.From(node), path, report);
    }

    private static bool LooksLikeJson(string text) => text.AsSpan().TrimStart() is ['{' or '[', ..];

    private static PolicyDocument? Read(PolicyNode node, string path, PolicyReport report)
    {
        List<PolicyRule> rules = [];
        switch (node.Value.Kind)
        {
            case PolicyValueKind.Null:
                return null;
            case PolicyValueKind.Object:
                ReadRules(node, path, report, rules);
                break;
            case PolicyValueKind.Array:
                for (int i = 0; i < node.Items.Length; i++)
                {
                    ReadElement(node.Items[i], $"{path}[{i}]", report, rules);
                }
                break;
            default:
                report.Error(
                    path,
                    node.Value.Mark,
                    $"invalid rules in policy: unsupported type for rule: {node.Value.Kind}",
                    node.Value.Text,
                    "write an object with allow or deny, or a list of such objects"
                );
                break;
        }
        return report.Failed ? null : new PolicyDocument([.. rules]);
    }

    private static void ReadElement(PolicyNode node, string path, PolicyReport report, List<PolicyRule> rules)
    {
        if (node.Value.Kind == PolicyValueKind.Object)
        {
            ReadRules(node, path, report, rules);
            return;
        }
        report.Error(
            path,
            node.Value.Mark,
            $"invalid rules in policy: unsupported type for rules array: {node.Value.Kind}",
            node.Value.Text,
            "each element is an object with allow or deny"
        );
    }

    private static void ReadRules(PolicyNode node, string path, PolicyReport report, List<PolicyRule> rules)
    {
        foreach (PolicyNodeMember member in report.Unique(node, path))
        {
            switch (member.Name)
            {
                case "allow":
                    ReadBody(PolicyAction.Allow, member.Node, $"{path}.allow", report, rules);
                    break;
                case "deny":
                    ReadBody(PolicyAction.Deny, member.Node, $"{path}.deny", report, rules);
                    break;
                case "rego":
                    RegoRefusal.Check(member, $"{path}.rego", report);
                    break;
                default:
                    report.Error(
                        path,
                        member.Mark,
                        "invalid rules in policy: invalid action in rule: unsupported action: "
                            + NearestWord.With(member.Name, Actions),
                        member.Name,
                        "the actions are allow and deny"
                    );
                    break;
            }
        }
    }

    private static void ReadBody(
        PolicyAction action,
        PolicyNode node,
        string path,
        PolicyReport report,
        List<PolicyRule> rules
    )
    {
        if (node.Value.Kind != PolicyValueKind.Object)
        {
            report.Error(
                path,
                node.Value.Mark,
                $"invalid rules in policy: invalid value for action in rule, expected Object, got {node.Value.Kind}",
                node.Value.Text,
                $"write an operator with a list below: {path[(path.LastIndexOf('.') + 1)..]}: {{or: […]}}"
            );
            return;
        }
        int first = rules.Count;
        foreach (PolicyNodeMember member in report.Unique(node, path))
        {
            int op = Array.IndexOf(Operators, member.Name);
            if (op >= 0)
            {
                ReadOperator(action, (PolicyOperator)op, member, $"{path}.{member.Name}", report, rules);
            }
            else if (member.Name is not "action")
            {
                report.Error(
                    path,
                    member.Mark,
                    $"unsupported conditional \"{member.Name}\", only and, or, not, nor and action are allowed"
                        + NearestWord.Hint(member.Name, Operators),
                    member.Name,
                    "operators do not nest: write several rules instead"
                );
            }
        }
        BodyWarnings.Check(rules[first..], path, report);
    }

    private static void ReadOperator(
        PolicyAction action,
        PolicyOperator op,
        PolicyNodeMember member,
        string path,
        PolicyReport report,
        List<PolicyRule> rules
    )
    {
        if (member.Node.Value.Kind != PolicyValueKind.Array)
        {
            report.Error(
                path,
                member.Node.Value.Mark,
                $"invalid criteria in \"{member.Name}\"): unsupported type for criteria: {member.Node.Value.Kind}",
                member.Node.Value.Text,
                $"write a list: each criterion on its own line after a dash below {member.Name}"
            );
            return;
        }
        ImmutableArray<PolicyCriterion>.Builder criteria = ImmutableArray.CreateBuilder<PolicyCriterion>();
        for (int i = 0; i < member.Node.Items.Length; i++)
        {
            if (CriterionReader.Read(member.Node.Items[i], $"{path}[{i}]", report) is { } criterion)
            {
                criteria.Add(criterion);
            }
        }
        if (criteria.Count > 0)
        {
            // An operator with an empty list is as if absent, not true (policy 2.2).
            rules.Add(new PolicyRule(action, op, criteria.ToImmutable(), path, member.Mark));
        }
    }
}
