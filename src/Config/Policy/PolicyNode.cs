using System.Collections.Immutable;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Policy;

/// <summary>A value with the marks of its keys and the duplicates that the syntax tree no longer has.</summary>
internal sealed record PolicyNode(
    PolicyValue Value,
    ImmutableArray<PolicyNode> Items,
    ImmutableArray<PolicyNodeMember> Members
)
{
    /// <param name="at">The place of every value, when the node was read from a text inside another source.</param>
    public static PolicyNode From(ConfigNode node, Mark? at = null)
    {
        ImmutableArray<PolicyNode> items = [.. node.Items.Select(item => From(item, at))];
        ImmutableArray<PolicyNodeMember> members =
        [
            .. node.Members.Select(m => new PolicyNodeMember(m.Name, at ?? m.NameMark, From(m.Value, at))),
        ];
        PolicyValue value = new()
        {
            Kind = KindOf(node.Kind),
            Text = node.Text,
            Number = node.Number,
            Boolean = node.Boolean,
            Items = [.. items.Select(static item => item.Value)],
            Members = [.. members.Select(static m => KeyValuePair.Create(m.Name, m.Node.Value))],
            Mark = at ?? node.Mark,
        };
        return new PolicyNode(value, items, members);
    }

    private static PolicyValueKind KindOf(ConfigNodeKind kind) =>
        kind switch
        {
            ConfigNodeKind.String => PolicyValueKind.String,
            ConfigNodeKind.Number => PolicyValueKind.Number,
            ConfigNodeKind.Boolean => PolicyValueKind.Boolean,
            ConfigNodeKind.Array => PolicyValueKind.Array,
            ConfigNodeKind.Object => PolicyValueKind.Object,
            _ => PolicyValueKind.Null,
        };
}

internal sealed record PolicyNodeMember(string Name, Mark Mark, PolicyNode Node);
