using System.Collections.Immutable;
using Pomerium.Fast.Config.Policy;

namespace Pomerium.Fast.Auth.Policy.Criteria;

/// <summary>Values of a claim (policy 3.2) against a list matcher (policy 4.2).</summary>
internal sealed class ClaimCriterion : SessionCriterion
{
    private readonly string _path;
    private readonly ScalarSet[] _has;
    private readonly ScalarSet[] _is;
    private readonly ScalarSet[] _exclude;

    public ClaimCriterion(string path, PolicyValue data)
        : base(Reasons.ClaimOk, Reasons.ClaimUnauthorized)
    {
        _path = path;
        bool shortForm = data.Kind != PolicyValueKind.Object;
        _has = shortForm ? [new ScalarSet(data.OneOrMany())] : Wanted(data, "has");
        _is = Wanted(data, "is");
        _exclude = Wanted(data, "exclude");
    }

    public override bool Holds(PolicySubject subject)
    {
        ImmutableArray<object?> values = subject.Claim(_path);
        return Array.TrueForAll(_has, wanted => HasOne(values, wanted))
            && Array.TrueForAll(_is, wanted => values.Length == 1 && wanted.Contains(values[0]))
            && Array.TrueForAll(_exclude, wanted => !HasOne(values, wanted));
    }

    private static bool HasOne(ImmutableArray<object?> values, ScalarSet wanted)
    {
        foreach (object? value in values)
        {
            if (wanted.Contains(value))
            {
                return true;
            }
        }
        return false;
    }

    private static ScalarSet[] Wanted(PolicyValue data, string name) =>
        data.Member(name) is { } wanted ? [new ScalarSet([wanted])] : [];
}
