using System.Globalization;
using System.Text;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Server.ControlPlane.Endpoints;

namespace Pomerium.Fast.Server.ControlPlane;

/// <summary>
/// The configured colours as a style sheet of its own beside the one in the binary: the pages' policy allows no style
/// inside them. Made once per configuration.
/// </summary>
public sealed class BrandStyle
{
    public const string Path = "/.pomerium/brand.css";
    private const double DarkText = 0.179; // luminance at which black and white text have the same contrast (WCAG 2)
    private readonly byte[] _css;
    private readonly string _tag;

    public BrandStyle(BrandingOptions options)
    {
        // A colour for light pages alone must not reach the dark ones, where it may not be readable.
        string css =
            Rule("light", options.PrimaryColor, options.SecondaryColor)
            + Rule("dark", options.DarkPrimaryColor, options.DarkSecondaryColor);
        _css = Encoding.ASCII.GetBytes(css);
        _tag = Tagged.TagOf(_css);
    }

    public bool IsEmpty => _css.Length == 0;

    internal static Task WriteAsync(PageRequest request)
    {
        BrandStyle style = request.State.Brand;
        request.Response.Headers.XContentTypeOptions = "nosniff";
        return Tagged.WriteAsync(
            request,
            "text/css; charset=utf-8",
            style._css,
            style._tag,
            "no-cache, must-revalidate"
        );
    }

    private static string Rule(string scheme, string primary, string secondary)
    {
        StringBuilder rule = new();
        if (primary.Length > 0)
        {
            string text = Luminance(primary) > DarkText ? "#000000" : "#ffffff";
            rule.Append(CultureInfo.InvariantCulture, $"    --primary: {primary};\n    --on-primary: {text};\n");
        }
        if (secondary.Length > 0)
        {
            rule.Append(CultureInfo.InvariantCulture, $"    --secondary: {secondary};\n");
        }
        return rule.Length == 0 ? "" : $"@media (prefers-color-scheme: {scheme}) {{\n  :root {{\n{rule}  }}\n}}\n";
    }

    /// <summary>Relative luminance (WCAG 2).</summary>
    private static double Luminance(string color)
    {
        double Channel(int index)
        {
            ReadOnlySpan<char> digits =
                color.Length == 4 ? [color[index + 1], color[index + 1]] : color.AsSpan(1 + (2 * index), 2);
            double value = int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }
        return (0.2126 * Channel(0)) + (0.7152 * Channel(1)) + (0.0722 * Channel(2));
    }
}
