using System.Collections.Immutable;
using System.Text;

namespace Pomerium.Fast.Config.Binding;

/// <summary>A member of a fixed set: full name, else with or without a prefix, case ignored (config spec 1.5, enum).</summary>
internal static class ChoiceConverter
{
    /// <returns>Index of the member; the first one for empty text; -1 when there is none.</returns>
    public static int Find(string text, ImmutableArray<string> choices)
    {
        if (text.Length == 0)
        {
            return 0;
        }
        int Index(Func<string, bool> fits)
        {
            for (int i = 0; i < choices.Length; i++)
            {
                if (fits(choices[i]))
                {
                    return i;
                }
            }
            return -1;
        }
        int exact = Index(c => c.Equals(text, StringComparison.OrdinalIgnoreCase));
        exact = exact >= 0 ? exact : Index(c => text.EndsWith('_' + c, StringComparison.OrdinalIgnoreCase));
        return exact >= 0 ? exact : Index(c => c.EndsWith('_' + text, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary><c>load_balancing_policy</c> to <c>LoadBalancingPolicy</c>.</summary>
    public static string EnumName(string key)
    {
        StringBuilder name = new(key.Length);
        foreach (string part in key.Split('_', StringSplitOptions.RemoveEmptyEntries))
        {
            name.Append(char.ToUpperInvariant(part[0])).Append(part.AsSpan(1));
        }
        return name.ToString();
    }
}
