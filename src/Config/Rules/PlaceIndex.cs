using System.Collections.Immutable;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Notes where every value was written, by its path.</summary>
internal sealed class PlaceIndex
{
    private readonly ImmutableDictionary<string, Mark>.Builder _marks = ImmutableDictionary.CreateBuilder<string, Mark>(
        StringComparer.OrdinalIgnoreCase
    );

    public void Add(string path, ConfigNode node)
    {
        _marks[path] = node.Mark;
        foreach (ConfigMember member in node.Members)
        {
            Add($"{path}.{member.Name}", member.Value);
        }
        for (int i = 0; i < node.Items.Count; i++)
        {
            Add($"{path}[{i}]", node.Items[i]);
        }
    }

    public Places Build() => new(_marks.ToImmutable());
}
