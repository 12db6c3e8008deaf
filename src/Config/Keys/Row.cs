using static Pomerium.Fast.Config.Keys.KeyEffect;

namespace Pomerium.Fast.Config.Keys;

/// <summary>Short forms for the tables, so that a row of a table is a row on the screen.</summary>
internal static class Row
{
    public static KeyInfo Now(string name, KeyType type, string fallback, string since, string meaning) =>
        new(name, type, fallback, since, Works, meaning);

    /// <summary>Read and checked, without effect yet.</summary>
    public static KeyInfo Soon(string name, KeyType type, string fallback, string since, string meaning) =>
        new(name, type, fallback, since, Later, meaning);

    /// <summary>Accepted, never with an effect.</summary>
    public static KeyInfo Inert(string name, KeyType type, string fallback, string since) =>
        new(name, type, fallback, since, Never, "Accepted for compatibility; has no effect.");

    public static KeyInfo Alias(string name, string of, KeyTable table, string since) =>
        table[of] with
        {
            Name = name,
            Since = since,
            AliasOf = of,
            Deprecated = $"write {of} instead",
            Environment = name.ToUpperInvariant(),
        };
}
