using System.Collections.Immutable;
using System.Globalization;

namespace Pomerium.Fast.Auth.Identity;

/// <summary>Claim values as text (identity 6.2): numbers in plain decimal form, lists joined by a comma without blank.</summary>
internal static class ClaimText
{
    private const double DecimalMax = 7e28;

    /// <summary>Null for what has no text form.</summary>
    public static string? Of(object? value) =>
        value switch
        {
            string text => text,
            bool flag => flag ? "true" : "false",
            double number => Number(number),
            _ => null,
        };

    public static string Join(ImmutableArray<object?> values) => string.Join(',', List(values));

    public static ImmutableArray<string> List(ImmutableArray<object?> values) =>
        [.. values.Select(Of).Where(static t => t is not null).Select(static t => t!)];

    private static string Number(double number) =>
        Math.Abs(number) < DecimalMax && (number == 0 || Math.Abs(number) > 1e-20)
            ? ((decimal)number).ToString(CultureInfo.InvariantCulture)
            : number.ToString("R", CultureInfo.InvariantCulture);
}
