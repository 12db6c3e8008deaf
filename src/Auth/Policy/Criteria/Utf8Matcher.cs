using System.Collections.Frozen;
using System.Text;
using Pomerium.Fast.Config.Policy;

namespace Pomerium.Fast.Auth.Policy.Criteria;

/// <summary>A string matcher on UTF-8 bytes (policy 4.1), for what comes straight from the head. Comparing bytes compares code points.</summary>
internal sealed class Utf8Matcher
{
    private readonly Step[] _steps;

    public Utf8Matcher(PolicyValue data)
    {
        _steps =
        [
            .. MatcherSteps
                .Of(data)
                .Select(static s => new Step(s.Operator, [.. s.Texts.Select(Encoding.UTF8.GetBytes)])),
        ];
    }

    public bool Matches(ReadOnlySpan<byte> text)
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

    private sealed class Step(MatchOperator op, byte[][] texts)
    {
        private readonly FrozenSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> _set = texts
            .ToFrozenSet(Utf8Comparer.Instance)
            .GetAlternateLookup<ReadOnlySpan<byte>>();
        private readonly byte[] _part = texts.Length > 0 ? texts[0] : [];
        private readonly bool _single = texts.Length == 1;

        public bool Holds(ReadOnlySpan<byte> text) =>
            op switch
            {
                MatchOperator.In => IsIn(text),
                MatchOperator.NotIn => !IsIn(text),
                MatchOperator.Contains => text.IndexOf(_part) >= 0,
                MatchOperator.StartsWith => text.StartsWith(_part),
                _ => text.EndsWith(_part),
            };

        private bool IsIn(ReadOnlySpan<byte> text) => _single ? text.SequenceEqual(_part) : _set.Contains(text);
    }
}
