using System.Collections.Immutable;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Binding;

/// <summary>A list of texts, or one text split on commas, blanks trimmed (config spec 1.5).</summary>
internal static class TextListConverter
{
    public static bool TryConvert(ConfigNode node, out ImmutableArray<string> value, out string cause)
    {
        cause = "";
        switch (node.Kind)
        {
            case ConfigNodeKind.String:
                value = Split(node.Text);
                return true;
            case ConfigNodeKind.Array when node.Items.FirstOrDefault(static i => !i.IsScalar) is { } odd:
                value = [];
                cause = $"expected a list of texts, got {Kinds.Name(odd)} in it";
                return false;
            case ConfigNodeKind.Array:
                value = [.. node.Items.Select(Text)];
                return true;
            case ConfigNodeKind.Number or ConfigNodeKind.Boolean:
                value = [Text(node)];
                return true;
            default:
                value = [];
                cause = $"expected a list, got {Kinds.Name(node)}";
                return false;
        }
    }

    private static string Text(ConfigNode node)
    {
        TextConverter.TryConvert(node, out string text, out _);
        return text.Trim();
    }

    private static ImmutableArray<string> Split(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
}
