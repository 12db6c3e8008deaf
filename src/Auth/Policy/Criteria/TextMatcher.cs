using System.Collections.Frozen;
using Pomerium.Fast.Config.Policy;

namespace Pomerium.Fast.Auth.Policy.Criteria;

internal enum MatchOperator : byte
{
    In,
    NotIn,
    Contains,
    StartsWith,
    EndsWith,
}

/// <summary>A string matcher on texts (policy 4.1): all its operators must hold.</summary>
internal sealed class TextMatcher
{
    private readonly Step[] _steps;

    public TextMatcher(PolicyValue data)
    {
        _steps = [.. MatcherSteps.Of(data).Select(static s => new Step(s.Operator, s.Texts))];
    }

    public bool Matches(string text)
    {
        foreach (Step step in _steps)
        {
            if (!step.Holds(text))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>For something that has two names: an operator holds when one of them meets it, a negative one when both do (policy 3.1).</summary>
    public bool Matches(string name, string otherName)
    {
        foreach (Step step in _steps)
        {
            bool first = step.Holds(name);
            bool second = step.Holds(otherName);
            if (step.Operator == MatchOperator.NotIn ? !(first && second) : !(first || second))
            {
                return false;
            }
        }
        return true;
    }

    private sealed class Step(MatchOperator op, IReadOnlyList<string> texts)
    {
        private readonly FrozenSet<string> _set = texts.ToFrozenSet(StringComparer.Ordinal);
        private readonly string _part = texts.Count > 0 ? texts[0] : "";

        public MatchOperator Operator { get; } = op;

        public bool Holds(string text) =>
            Operator switch
            {
                MatchOperator.In => _set.Contains(text),
                MatchOperator.NotIn => !_set.Contains(text),
                MatchOperator.Contains => text.Contains(_part, StringComparison.Ordinal),
                MatchOperator.StartsWith => text.StartsWith(_part, StringComparison.Ordinal),
                _ => text.EndsWith(_part, StringComparison.Ordinal),
            };
    }
}
