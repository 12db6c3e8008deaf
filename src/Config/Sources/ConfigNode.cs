using System.Globalization;
using Pomerium.Fast.Config.Diagnostics;

namespace Pomerium.Fast.Config.Sources;

public enum ConfigNodeKind
{
    Null,
    String,
    Number,
    Boolean,
    Array,
    Object,
}

/// <summary>
/// One value of a configuration source with the place where it was written; the same shape for every format.
/// Immutable once built. Objects keep their members in order, duplicates included: who reads them decides.
/// </summary>
public sealed class ConfigNode
{
    private ConfigNode(ConfigNodeKind kind, Mark mark)
    {
        Kind = kind;
        Mark = mark;
    }

    public ConfigNodeKind Kind { get; }
    public Mark Mark { get; }

    /// <summary>The scalar as written (quotes and escapes resolved); empty for null, arrays and objects.</summary>
    public string Text { get; private init; } = "";

    /// <summary>Value of a number; zero for every other kind. <see cref="Text"/> keeps digits that a double loses.</summary>
    public double Number { get; private init; }

    public bool Boolean { get; private init; }

    /// <summary>An unquoted YAML scalar or a value of an untyped format: YAML 1.1 booleans such as <c>yes</c> may be meant.</summary>
    public bool IsPlain { get; private init; }

    public IReadOnlyList<ConfigNode> Items { get; private init; } = [];
    public IReadOnlyList<ConfigMember> Members { get; private init; } = [];

    public bool IsScalar => Kind is ConfigNodeKind.String or ConfigNodeKind.Number or ConfigNodeKind.Boolean;

    /// <summary>The last member of that name, ASCII case ignored, as keys are matched (config spec 1.3).</summary>
    public ConfigNode? Find(string name)
    {
        for (int i = Members.Count - 1; i >= 0; i--)
        {
            if (Members[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return Members[i].Value;
            }
        }
        return null;
    }

    public static ConfigNode OfNull(Mark mark) => new(ConfigNodeKind.Null, mark);

    public static ConfigNode OfText(string text, Mark mark, bool plain = false) =>
        new(ConfigNodeKind.String, mark) { Text = text, IsPlain = plain };

    public static ConfigNode OfNumber(double number, Mark mark, string? text = null) =>
        new(ConfigNodeKind.Number, mark)
        {
            Number = number,
            Text = text ?? number.ToString("R", CultureInfo.InvariantCulture),
            IsPlain = true,
        };

    public static ConfigNode OfBoolean(bool value, Mark mark, string? text = null) =>
        new(ConfigNodeKind.Boolean, mark)
        {
            Boolean = value,
            Text = text ?? (value ? "true" : "false"),
            IsPlain = true,
        };

    public static ConfigNode OfItems(IReadOnlyList<ConfigNode> items, Mark mark) =>
        new(ConfigNodeKind.Array, mark) { Items = items };

    public static ConfigNode OfMembers(IReadOnlyList<ConfigMember> members, Mark mark) =>
        new(ConfigNodeKind.Object, mark) { Members = members };
}

/// <summary>One <c>name: value</c> of an object.</summary>
public sealed record ConfigMember(string Name, Mark NameMark, ConfigNode Value);
