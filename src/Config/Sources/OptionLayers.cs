using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Keys;

namespace Pomerium.Fast.Config.Sources;

/// <summary>Lays the environment over the file, option by option (config spec 1.1, 1.4).</summary>
internal static class OptionLayers
{
    /// <returns>Values by canonical key.</returns>
    public static Dictionary<string, ConfigNode> Merge(
        ConfigNode root,
        IReadOnlyDictionary<string, string> environment,
        KeyTable table
    )
    {
        Dictionary<string, ConfigNode> options = new(StringComparer.Ordinal);
        foreach (ConfigMember member in root.Members)
        {
            if (table.Find(member.Name) is { } key)
            {
                options[key.AliasOf ?? key.Name] = member.Value;
            }
        }
        foreach (KeyInfo key in table.Keys)
        {
            string name = key.AliasOf ?? key.Name;
            if (Find(environment, key.Environment) is { } value)
            {
                options[name] = value;
            }
            if (key is { Type: KeyType.Object, Nested: { } nested, Environment.Length: > 0 })
            {
                Overlay(options, name, key.Environment + '_', nested, environment);
            }
        }
        return options;
    }

    /// <summary>Environment names of nested keys join with an underscore; each replaces its own key only.</summary>
    private static void Overlay(
        Dictionary<string, ConfigNode> options,
        string name,
        string prefix,
        KeyTable nested,
        IReadOnlyDictionary<string, string> environment
    )
    {
        List<ConfigMember> members = [];
        foreach (KeyInfo key in nested.Keys)
        {
            if (key.Environment.Length > 0 && Find(environment, prefix + key.Environment) is { } value)
            {
                members.Add(new ConfigMember(key.Name, value.Mark, value));
            }
        }
        if (members.Count == 0)
        {
            return;
        }
        ConfigNode? below = options.GetValueOrDefault(name);
        IEnumerable<ConfigMember> kept = (below?.Members ?? []).Where(m =>
            !members.Exists(o => o.Name.Equals(m.Name, StringComparison.OrdinalIgnoreCase))
        );
        options[name] = ConfigNode.OfMembers([.. kept, .. members], below?.Mark ?? members[0].NameMark);
    }

    /// <summary>A variable that is set but empty counts as not set.</summary>
    private static ConfigNode? Find(IReadOnlyDictionary<string, string> environment, string name) =>
        name.Length > 0 && environment.TryGetValue(name, out string? text) && text.Length > 0
            ? ConfigNode.OfText(text, new Mark($"environment {name}", 0, 0))
            : null;
}
