using System.Collections.Frozen;
using System.Collections.Immutable;
using Pomerium.Fast.Config.Diagnostics;

namespace Pomerium.Fast.Config.Keys;

/// <summary>The keys of one scope: the file's top level, a route, or a nested object. Names match without case.</summary>
public sealed class KeyTable
{
    private readonly FrozenDictionary<string, KeyInfo> _byName;

    public KeyTable(params IEnumerable<KeyInfo> keys)
    {
        Keys = [.. keys];
        _byName = Keys.ToFrozenDictionary(static k => k.Name, StringComparer.OrdinalIgnoreCase);
    }

    public ImmutableArray<KeyInfo> Keys { get; }

    public KeyInfo? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The row of a key that the code itself names.</summary>
    public KeyInfo this[string name] => _byName[name];

    /// <summary>The known name that was probably meant, or null.</summary>
    public string? Nearest(string name) =>
        NearestName.Find(name.ToLowerInvariant(), Keys.Where(static k => k.AliasOf is null).Select(static k => k.Name));
}
