using Pomerium.Fast.Config.Diagnostics;

namespace Pomerium.Fast.Config.Sources;

/// <summary>Builds nested objects from flat <c>a.b=c</c> lines.</summary>
internal sealed class DottedTree(string sourceName)
{
    private readonly List<(string Name, Mark NameMark, object Value)> _members = [];

    public void Add(string key, ConfigNode value, Mark keyMark)
    {
        int dot = key.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0 || dot == key.Length - 1)
        {
            _members.Add((key, keyMark, value));
            return;
        }
        string head = key[..dot];
        DottedTree? inner = _members
            .Where(m => m.Name.Equals(head, StringComparison.OrdinalIgnoreCase))
            .Select(static m => m.Value)
            .OfType<DottedTree>()
            .FirstOrDefault();
        if (inner is null)
        {
            inner = new DottedTree(sourceName);
            _members.Add((head, keyMark, inner));
        }
        inner.Add(key[(dot + 1)..], value, keyMark);
    }

    public ConfigNode Build(Mark? mark = null) =>
        ConfigNode.OfMembers(
            [
                .. _members.Select(static m => new ConfigMember(
                    m.Name,
                    m.NameMark,
                    m.Value as ConfigNode ?? ((DottedTree)m.Value).Build(m.NameMark)
                )),
            ],
            mark ?? new Mark(sourceName, 1, 1)
        );
}
