using System.Collections.Frozen;
using Pomerium.Fast.Config.Policy;

namespace Pomerium.Fast.Auth.Policy.Criteria;

/// <summary>Scalars by JSON equality: numbers by value, texts exactly, and nothing equal to another type (policy 4.2).</summary>
internal sealed class ScalarSet
{
    private readonly FrozenSet<string> _texts;
    private readonly FrozenSet<double> _numbers;
    private readonly bool _hasTrue;
    private readonly bool _hasFalse;
    private readonly bool _hasNull;

    public ScalarSet(IEnumerable<PolicyValue> values)
    {
        PolicyValue[] all = [.. values];
        _texts = all.Texts().ToFrozenSet(StringComparer.Ordinal);
        _numbers = all.Where(static v => v.Kind == PolicyValueKind.Number).Select(static v => v.Number).ToFrozenSet();
        _hasTrue = all.Any(static v => v is { Kind: PolicyValueKind.Boolean, Boolean: true });
        _hasFalse = all.Any(static v => v is { Kind: PolicyValueKind.Boolean, Boolean: false });
        _hasNull = all.Any(static v => v.Kind == PolicyValueKind.Null);
    }

    /// <summary>Values of any other type than the four of claims are in no set.</summary>
    public bool Contains(object? value) =>
        value switch
        {
            string text => _texts.Contains(text),
            double number => _numbers.Contains(number),
            true => _hasTrue,
            false => _hasFalse,
            null => _hasNull,
            _ => false,
        };
}
