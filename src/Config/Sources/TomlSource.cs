using Pomerium.Fast.Config.Diagnostics;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Pomerium.Fast.Config.Sources;

/// <summary>TOML 1.0 to nodes; routes are written as <c>[[routes]]</c>.</summary>
internal static class TomlSource
{
    public static ConfigNode? Parse(string text, string sourceName, ICollection<Diagnostic> problems)
    {
        DocumentSyntax document = SyntaxParser.Parse(text, sourceName);
        if (document.HasErrors)
        {
            foreach (DiagnosticMessage message in document.Diagnostics)
            {
                Mark mark = new(sourceName, message.Span.Start.Line + 1, message.Span.Start.Column + 1);
                problems.Add(new Diagnostic("syntax", Severity.Error, "", mark, $"toml: {message.Message}"));
            }
            return null;
        }
        TomlTable root = new(new Mark(sourceName, 1, 1));
        Fill(root, document.KeyValues, sourceName);
        foreach (TableSyntaxBase table in document.Tables)
        {
            bool isElement = table is TableArraySyntax;
            TomlTable at = Enter(root, Keys(table.Name, sourceName), isElement);
            Fill(at, table.Items, sourceName);
        }
        return root.Build();
    }

    private static void Fill(TomlTable table, IEnumerable<KeyValueSyntax> lines, string sourceName)
    {
        foreach (KeyValueSyntax line in lines)
        {
            List<(string Name, Mark Mark)> keys = Keys(line.Key, sourceName);
            TomlTable at = Enter(table, keys[..^1], isElement: false);
            at.Add(keys[^1].Name, keys[^1].Mark, Value(line.Value!, sourceName));
        }
    }

    private static TomlTable Enter(TomlTable root, List<(string Name, Mark Mark)> keys, bool isElement)
    {
        TomlTable at = root;
        for (int i = 0; i < keys.Count; i++)
        {
            at = at.Enter(keys[i].Name, keys[i].Mark, isElement && i == keys.Count - 1);
        }
        return at;
    }

    private static List<(string Name, Mark Mark)> Keys(KeySyntax? key, string sourceName)
    {
        List<(string, Mark)> keys = [(Name(key!.Key!), Place(key, sourceName))];
        foreach (DottedKeyItemSyntax item in key.DotKeys)
        {
            keys.Add((Name(item.Key!), Place(item, sourceName)));
        }
        return keys;
    }

    private static string Name(BareKeyOrStringValueSyntax key) =>
        key is StringValueSyntax quoted ? quoted.Value ?? "" : ((BareKeySyntax)key).Key?.Text ?? "";

    private static ConfigNode Value(ValueSyntax value, string sourceName)
    {
        Mark mark = Place(value, sourceName);
        switch (value)
        {
            case StringValueSyntax text:
                return ConfigNode.OfText(text.Value ?? "", mark);
            case IntegerValueSyntax number:
                return ConfigNode.OfNumber(
                    number.Value,
                    mark,
                    number.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)
                );
            case FloatValueSyntax number:
                return ConfigNode.OfNumber(number.Value, mark);
            case BooleanValueSyntax flag:
                return ConfigNode.OfBoolean(flag.Value, mark);
            case ArraySyntax array:
                return ConfigNode.OfItems([.. array.Items.Select(i => Value(i.Value!, sourceName))], mark);
            case InlineTableSyntax inline:
                TomlTable table = new(mark);
                Fill(table, inline.Items.Select(static i => i.KeyValue!), sourceName);
                return table.Build();
            default:
                return ConfigNode.OfText(value.ToString()?.Trim() ?? "", mark);
        }
    }

    private static Mark Place(SyntaxNode node, string sourceName) =>
        new(sourceName, node.Span.Start.Line + 1, node.Span.Start.Column + 1);
}

/// <summary>A table while it is being filled: TOML may come back to one at any later line.</summary>
internal sealed class TomlTable(Mark mark)
{
    private readonly List<(string Name, Mark Mark, object Value)> _members = [];

    public void Add(string name, Mark at, ConfigNode value) => _members.Add((name, at, value));

    /// <summary>The inner table of that name, or a new element of the list of tables.</summary>
    public TomlTable Enter(string name, Mark at, bool newElement)
    {
        object? found = _members.Find(m => m.Name.Equals(name, StringComparison.Ordinal)).Value;
        if (newElement)
        {
            TomlTable element = new(at);
            if (found is List<TomlTable> elements)
            {
                elements.Add(element);
            }
            else
            {
                _members.Add((name, at, new List<TomlTable> { element }));
            }
            return element;
        }
        switch (found)
        {
            case TomlTable table:
                return table;
            case List<TomlTable> elements:
                return elements[^1];
            default:
                TomlTable inner = new(at);
                _members.Add((name, at, inner));
                return inner;
        }
    }

    public ConfigNode Build() =>
        ConfigNode.OfMembers(
            [.. _members.Select(static m => new ConfigMember(m.Name, m.Mark, Node(m.Value, m.Mark)))],
            mark
        );

    private static ConfigNode Node(object value, Mark at) =>
        value switch
        {
            TomlTable table => table.Build(),
            List<TomlTable> elements => ConfigNode.OfItems([.. elements.Select(static e => e.Build())], at),
            _ => (ConfigNode)value,
        };
}
