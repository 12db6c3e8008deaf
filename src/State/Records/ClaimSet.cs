using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Pomerium.Fast.State.Records;

/// <summary>
/// Flattened claims (identity 3.3): every claim is a list of scalars, objects became dotted names
/// (<c>address.country</c>). A value is a <see cref="string"/>, <see cref="double"/>, <see cref="bool"/> or null.
/// Immutable.
/// </summary>
public sealed class ClaimSet
{
    private readonly FrozenDictionary<string, ImmutableArray<object?>> _claims;

    public ClaimSet(IEnumerable<KeyValuePair<string, ImmutableArray<object?>>> claims) =>
        _claims = claims.ToFrozenDictionary(static c => c.Key, static c => c.Value, StringComparer.Ordinal);

    public static ClaimSet Empty { get; } = new([]);

    public IReadOnlyDictionary<string, ImmutableArray<object?>> All => _claims;

    /// <summary>Values of the claim; empty when it is missing.</summary>
    public ImmutableArray<object?> this[string name] =>
        _claims.TryGetValue(name, out ImmutableArray<object?> values) ? values : [];

    /// <summary>The first value when it is a text; otherwise empty.</summary>
    public string Text(string name) => this[name] is [string text, ..] ? text : "";
}
