using System.Collections.Immutable;
using Pomerium.Fast.Config.Diagnostics;

namespace Pomerium.Fast.Config.Policy;

/// <summary>Syntax tree of a policy document (policy spec 2.1): well-formed, every criterion known, data checked.</summary>
public sealed record PolicyDocument(ImmutableArray<PolicyRule> Rules);

public enum PolicyAction
{
    Allow,
    Deny,
}

public enum PolicyOperator
{
    And,
    Or,
    Not,
    Nor,
}

/// <summary>One operator of one body: <c>allow.or</c> with its criteria. Path is for messages: <c>policy[0].allow.or</c>.</summary>
public sealed record PolicyRule(
    PolicyAction Action,
    PolicyOperator Operator,
    ImmutableArray<PolicyCriterion> Criteria,
    string Path,
    Mark Mark
);

/// <param name="Name">Criterion name without sub-path, e.g. <c>claim</c>.</param>
/// <param name="SubPath">What follows the first slash, else empty.</param>
public sealed record PolicyCriterion(string Name, string SubPath, PolicyValue Data, string Path, Mark Mark);

/// <summary>A JSON-like value with its place. Exactly one of the payloads is meaningful for its kind.</summary>
public sealed record PolicyValue
{
    public required PolicyValueKind Kind { get; init; }
    public string Text { get; init; } = "";
    public double Number { get; init; }
    public bool Boolean { get; init; }
    public ImmutableArray<PolicyValue> Items { get; init; } = [];
    public ImmutableArray<KeyValuePair<string, PolicyValue>> Members { get; init; } = [];
    public Mark Mark { get; init; }
}

public enum PolicyValueKind
{
    Null,
    String,
    Number,
    Boolean,
    Array,
    Object,
}
