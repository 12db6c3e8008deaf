using Pomerium.Fast.Config.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using Mark = Pomerium.Fast.Config.Diagnostics.Mark;

namespace Pomerium.Fast.Config.Sources;

/// <summary>Builds nodes from the parser's events: anchors, aliases, merge keys, and bounds on what aliases may blow up to.</summary>
internal sealed class YamlTree(IParser parser, string sourceName, ICollection<Diagnostic> diagnostics)
{
    private const int DepthMax = 100;

    // Ten lines of nested aliases can stand for billions of nodes; counted as if written out.
    private const int NodesMax = 2_000_000;

    private readonly Dictionary<AnchorName, (ConfigNode Node, long Size)> _anchors = [];
    private long _nodes;
    private int _depth;

    public ConfigNode Read()
    {
        parser.Consume<StreamStart>();
        if (parser.TryConsume<StreamEnd>(out _))
        {
            return ConfigNode.OfNull(new Mark(sourceName, 1, 1));
        }
        parser.Consume<DocumentStart>();
        ConfigNode root = ReadNode();
        parser.Consume<DocumentEnd>();
        if (parser.Accept<DocumentStart>(out DocumentStart? second))
        {
            diagnostics.Add(
                new Diagnostic(
                    "second-document",
                    Severity.Warning,
                    "",
                    Place(second.Start),
                    "only the first YAML document of a file is read",
                    Remedy: "move everything before the first '---'"
                )
            );
        }
        return root;
    }

    private ConfigNode ReadNode()
    {
        if (parser.TryConsume<AnchorAlias>(out AnchorAlias? alias))
        {
            return Resolve(alias);
        }
        long before = _nodes;
        AnchorName anchor = parser.Current is NodeEvent start ? start.Anchor : AnchorName.Empty;
        Count(1, parser.Current!.Start);
        ConfigNode node = parser.Current switch
        {
            SequenceStart => ReadItems(),
            MappingStart => ReadMembers(),
            _ => ReadScalar(),
        };
        if (!anchor.IsEmpty)
        {
            _anchors[anchor] = (node, _nodes - before);
        }
        return node;
    }

    private ConfigNode Resolve(AnchorAlias alias)
    {
        if (!_anchors.TryGetValue(alias.Value, out (ConfigNode Node, long Size) target))
        {
            throw new SemanticErrorException(alias.Start, alias.End, $"unknown anchor '{alias.Value}' referenced");
        }
        Count(target.Size, alias.Start);
        return target.Node;
    }

    private ConfigNode ReadScalar()
    {
        Scalar scalar = parser.Consume<Scalar>();
        Mark mark = Place(scalar.Start);
        bool typed = scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty;
        return typed ? YamlScalars.Resolve(scalar.Value, mark) : Tagged(scalar, mark);
    }

    private static ConfigNode Tagged(Scalar scalar, Mark mark) =>
        !scalar.Tag.IsEmpty && scalar.Tag.Value is "tag:yaml.org,2002:int" or "tag:yaml.org,2002:bool"
            ? YamlScalars.Resolve(scalar.Value, mark)
            : ConfigNode.OfText(scalar.Value, mark);

    private ConfigNode ReadItems()
    {
        Mark mark = Place(Enter<SequenceStart>().Start);
        List<ConfigNode> items = [];
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode());
        }
        _depth--;
        return ConfigNode.OfItems(items, mark);
    }

    private ConfigNode ReadMembers()
    {
        Mark mark = Place(Enter<MappingStart>().Start);
        List<ConfigMember> members = [];
        List<ConfigNode> merged = [];
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            Scalar name = parser.Accept<Scalar>(out Scalar? key)
                ? parser.Consume<Scalar>()
                : throw new SemanticErrorException(parser.Current!.Start, parser.Current.End, "a key must be text");
            ConfigNode value = ReadNode();
            if (key!.Value is "<<" && key.Style == ScalarStyle.Plain)
            {
                merged.AddRange(value.Kind == ConfigNodeKind.Array ? value.Items : [value]);
            }
            else
            {
                members.Add(new ConfigMember(name.Value, Place(name.Start), value));
            }
        }
        _depth--;
        return ConfigNode.OfMembers(Merge(members, merged), mark);
    }

    /// <summary>Own members win over merged ones, earlier merged objects over later ones (YAML merge key).</summary>
    private static List<ConfigMember> Merge(List<ConfigMember> members, List<ConfigNode> merged)
    {
        if (merged.Count == 0)
        {
            return members;
        }
        HashSet<string> names = new(members.Select(static m => m.Name), StringComparer.Ordinal);
        foreach (ConfigNode source in merged)
        {
            members.AddRange(source.Members.Where(m => names.Add(m.Name)));
        }
        return members;
    }

    private T Enter<T>()
        where T : ParsingEvent
    {
        T start = parser.Consume<T>();
        return ++_depth > DepthMax
            ? throw new SemanticErrorException(start.Start, start.End, $"nested deeper than {DepthMax} levels")
            : start;
    }

    private void Count(long nodes, YamlDotNet.Core.Mark at)
    {
        _nodes += nodes;
        if (_nodes > NodesMax)
        {
            throw new SemanticErrorException(at, at, $"aliases expand to more than {NodesMax} values");
        }
    }

    private Mark Place(YamlDotNet.Core.Mark mark) => new(sourceName, (int)mark.Line, (int)mark.Column);
}
