using System.Collections.Immutable;
using Pomerium.Fast.Config.Policy;

namespace Pomerium.Fast.Auth.Policy.Explain;

/// <summary>A decision and the tree that led to it (policy 7.4).</summary>
public sealed record Explanation(Decision Decision, ImmutableArray<ExplainedRule> Rules);

public sealed record ExplainedRule(
    PolicyRule Rule,
    bool Holds,
    Reasons Reasons,
    ImmutableArray<ExplainedCriterion> Criteria
);

/// <param name="Holds">As the rule counts it: after inversion.</param>
/// <param name="Seen">The value that was looked at, as text.</param>
public sealed record ExplainedCriterion(
    PolicyCriterion Criterion,
    bool Holds,
    bool Inverted,
    Reasons Reason,
    string Seen
);
