using Pomerium.Fast.Config.Policy;

namespace Pomerium.Fast.Auth.Policy;

/// <summary>Reading the data of checked criteria.</summary>
internal static class Values
{
    public static PolicyValue? Member(this PolicyValue value, string name)
    {
        foreach ((string key, PolicyValue member) in value.Members)
        {
            if (key.Equals(name, StringComparison.Ordinal))
            {
                return member;
            }
        }
        return null;
    }

    /// <summary>The elements of a list, or the value itself as the only one.</summary>
    public static IEnumerable<PolicyValue> OneOrMany(this PolicyValue value) =>
        value.Kind == PolicyValueKind.Array ? value.Items : [value];

    public static PolicyValue List(IEnumerable<PolicyValue> items) =>
        new() { Kind = PolicyValueKind.Array, Items = [.. items] };

    public static IEnumerable<string> Texts(this IEnumerable<PolicyValue> values) =>
        values.Where(static v => v.Kind == PolicyValueKind.String).Select(static v => v.Text);
}
