using System.Globalization;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Binding;

/// <summary>Numbers with a fraction.</summary>
internal static class NumberConverter
{
    public static bool TryConvert(ConfigNode node, out double value, out string cause)
    {
        cause = "";
        value = node.Number;
        if (
            node.Kind == ConfigNodeKind.Number
            || (
                node.Kind == ConfigNodeKind.String
                && double.TryParse(node.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
            )
        )
        {
            return true;
        }
        cause = $"expected a number, got {Kinds.Name(node)}";
        return false;
    }
}
