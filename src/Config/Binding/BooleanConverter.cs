using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Binding;

/// <summary>Booleans, their texts, and numbers (0 is false); unquoted YAML 1.1 words too (config spec 1.2, 1.5).</summary>
internal static class BooleanConverter
{
    public static bool TryConvert(ConfigNode node, out bool value, out string cause)
    {
        cause = "";
        switch (node.Kind)
        {
            case ConfigNodeKind.Boolean:
                value = node.Boolean;
                return true;
            case ConfigNodeKind.Number:
                value = node.Number != 0;
                return true;
            case ConfigNodeKind.String when Parse(node.Text, node.IsPlain) is { } parsed:
                value = parsed;
                return true;
            default:
                value = false;
                cause = $"expected true or false, got {Kinds.Name(node)}";
                return false;
        }
    }

    private static bool? Parse(string text, bool yamlWords) =>
        text switch
        {
            "1" or "t" or "T" or "TRUE" or "true" or "True" => true,
            "0" or "f" or "F" or "FALSE" or "false" or "False" => false,
            "yes" or "Yes" or "YES" or "on" or "On" or "ON" when yamlWords => true,
            "no" or "No" or "NO" or "off" or "Off" or "OFF" when yamlWords => false,
            _ => null,
        };
}
