using System.Collections.Immutable;

namespace Pomerium.Fast.Config.Keys;

/// <summary>The shape of a value; decides which converter reads it (config spec 1.5).</summary>
public enum KeyType
{
    Text,
    Boolean,
    Integer,
    Number,
    Duration,
    TextList,
    TextMap,
    Url,
    UrlList,
    Address,
    Choice,
    Base64,
    File,
    Object,
    ObjectList,

    /// <summary>URLs with weights (config spec 1.6).</summary>
    Targets,

    /// <summary>A list or a mapping of header to claim (config spec 2.7).</summary>
    ClaimHeaders,

    /// <summary>A list of routes; from the environment as base64 of YAML.</summary>
    Routes,

    /// <summary>Read by the policy reader, or free-form data that has no fixed shape.</summary>
    Any,
}

/// <summary>What setting the option does in this build.</summary>
public enum KeyEffect
{
    Works,

    /// <summary>Read and checked, but nothing acts on it yet; setting it is answered with a warning.</summary>
    Later,

    /// <summary>Accepted for compatibility only: it steers a part that this product does not have (config spec 9).</summary>
    Never,
}

/// <summary>One row of the option table. Everything that must know an option's name reads it here.</summary>
/// <param name="Name">Canonical name, lower case with underscores.</param>
/// <param name="Default">As an operator would write it; empty when there is none.</param>
/// <param name="Since">First version of the reference that had it; <c>-</c> when it predates its records.</param>
/// <param name="Meaning">One line for the key reference.</param>
public sealed record KeyInfo(string Name, KeyType Type, string Default, string Since, KeyEffect Effect, string Meaning)
{
    /// <summary>Values are never printed.</summary>
    public bool Secret { get; init; }

    /// <summary>Name of the environment variable; empty when the option cannot be set there.</summary>
    public string Environment { get; init; } = Name.ToUpperInvariant();

    /// <summary>Members of a choice, in the order of the documentation.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>The keys inside an object or inside each element of a list of objects.</summary>
    public KeyTable? Nested { get; init; }

    /// <summary>The canonical key that this older spelling stands for.</summary>
    public string? AliasOf { get; init; }

    /// <summary>Printed when the key is used, on top of its effect: what to write instead.</summary>
    public string Deprecated { get; init; } = "";
}
