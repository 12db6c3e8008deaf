using System.Collections.Immutable;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Binding;

/// <summary>A mapping of texts in the order written, or a JSON object as text (config spec 1.5). Keys keep their spelling.</summary>
internal static class TextMapConverter
{
    public static bool TryConvert(
        ConfigNode node,
        out ImmutableArray<KeyValuePair<string, string>> value,
        out string cause
    )
    {
        value = [];
        ConfigNode? mapping = AsMapping(node, out cause);
        if (mapping is null)
        {
            return false;
        }
        ImmutableArray<KeyValuePair<string, string>>.Builder entries = ImmutableArray.CreateBuilder<
            KeyValuePair<string, string>
        >();
        foreach (ConfigMember member in mapping.Members)
        {
            bool isNull = member.Value.Kind == ConfigNodeKind.Null;
            if (!TextConverter.TryConvert(member.Value, out string text, out string odd) && !isNull)
            {
                cause = $"{member.Name}: {odd}";
                return false;
            }
            entries.Add(KeyValuePair.Create(member.Name, text));
        }
        value = entries.ToImmutable();
        return true;
    }

    /// <summary>The mapping itself, or the one that a JSON text stands for; null with a cause otherwise.</summary>
    public static ConfigNode? AsMapping(ConfigNode node, out string cause)
    {
        cause = "";
        if (node.Kind == ConfigNodeKind.Object)
        {
            return node;
        }
        if (node.Kind == ConfigNodeKind.String && JsonSource.LooksLikeObject(node.Text))
        {
            List<Diagnostic> problems = [];
            ConfigNode? parsed = JsonSource.Parse(node.Text, node.Mark.Source, problems);
            cause = parsed is null ? problems[0].Message : "";
            return parsed;
        }
        cause = $"expected a mapping, got {Kinds.Name(node)}";
        return null;
    }
}
