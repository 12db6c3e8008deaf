using Pomerium.Fast.Config.Policy;

namespace Pomerium.Fast.Auth.Policy.Explain;

/// <summary>String and list matchers as policy 4 words them.</summary>
internal static class PlainMatchers
{
    /// <param name="names">Names of one thing; negative operators must hold for all of them, others for one.</param>
    public static bool Text(PolicyValue data, params string[] names) =>
        data.Kind != PolicyValueKind.Object
            ? names.Any(name => Equal(data, name))
            : data.Members.All(m => Operator(m.Key, m.Value, names));

    private static bool Operator(string op, PolicyValue wanted, string[] names) =>
        op switch
        {
            "is" => names.Any(name => Equal(wanted, name)),
            "not" => names.All(name => !Equal(wanted, name)),
            "in" => names.Any(name => wanted.Items.Any(item => Equal(item, name))),
            "not_in" => names.All(name => !wanted.Items.Any(item => Equal(item, name))),
            "contains" => names.Any(name => name.Contains(wanted.Text, StringComparison.Ordinal)),
            "starts_with" => names.Any(name => name.StartsWith(wanted.Text, StringComparison.Ordinal)),
            "ends_with" => names.Any(name => name.EndsWith(wanted.Text, StringComparison.Ordinal)),
            _ => throw new ArgumentException($"unknown operator {op}", nameof(op)),
        };

    public static bool List(PolicyValue data, object?[] values) =>
        data.Kind != PolicyValueKind.Object
            ? values.Any(value => Equal(data, value))
            : data.Members.All(m =>
                m.Key switch
                {
                    "has" => values.Any(value => Equal(m.Value, value)),
                    "is" => values.Length == 1 && Equal(m.Value, values[0]),
                    "exclude" => !values.Any(value => Equal(m.Value, value)),
                    _ => throw new ArgumentException($"unknown operator {m.Key}", nameof(data)),
                }
            );

    private static bool Equal(PolicyValue wanted, object? value) =>
        wanted.Kind switch
        {
            PolicyValueKind.String => value is string text && text.Equals(wanted.Text, StringComparison.Ordinal),
            PolicyValueKind.Number => value is double number && number.Equals(wanted.Number),
            PolicyValueKind.Boolean => value is bool truth && truth == wanted.Boolean,
            PolicyValueKind.Null => value is null,
            _ => false,
        };
}
