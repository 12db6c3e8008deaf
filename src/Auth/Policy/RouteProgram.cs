using System.Runtime.InteropServices;
using Pomerium.Fast.Config.Policy;

namespace Pomerium.Fast.Auth.Policy;

/// <summary>The compiled policy of one route (policy 7.1): two flat arrays. Immutable.</summary>
internal sealed class RouteProgram(RuleHead[] rules, int allowRules, Term[] terms, Reasons flags)
{
    public ReadOnlySpan<RuleHead> AllowRules => rules.AsSpan(0, allowRules);
    public ReadOnlySpan<RuleHead> DenyRules => rules.AsSpan(allowRules);

    /// <summary>The reasons of <see cref="Reasons.Flags"/> that some term may yield.</summary>
    public Reasons Flags { get; } = flags;

    public ReadOnlySpan<Term> TermsOf(in RuleHead rule) => terms.AsSpan(rule.Start, rule.Count);
}

[StructLayout(LayoutKind.Auto)]
internal readonly record struct RuleHead(bool NeedsAll, int Start, int Count)
{
    /// <summary><c>and</c> and <c>not</c> want every term, <c>or</c> and <c>nor</c> one (policy 2.2).</summary>
    public static bool NeedsAllOf(PolicyOperator op) => op is PolicyOperator.And or PolicyOperator.Not;
}

[StructLayout(LayoutKind.Auto)]
internal readonly record struct Term(int Criterion, bool Inverted);
