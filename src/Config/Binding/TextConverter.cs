using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Binding;

/// <summary>Text; numbers and booleans become what they were written as (config spec 1.5).</summary>
internal static class TextConverter
{
    public static bool TryConvert(ConfigNode node, out string value, out string cause)
    {
        value = node.Kind == ConfigNodeKind.Boolean ? (node.Boolean ? "true" : "false") : node.Text;
        cause = node.IsScalar ? "" : $"expected text, got {Kinds.Name(node)}";
        return node.IsScalar;
    }
}

internal static class Kinds
{
    public static string Name(ConfigNode node) =>
        node.Kind switch
        {
            ConfigNodeKind.Array => "a list",
            ConfigNodeKind.Object => "a mapping",
            ConfigNodeKind.Null => "nothing",
            _ => $"\"{node.Text}\"",
        };
}
