using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Pomerium.Fast.Config.Diagnostics;

/// <summary>Findings as a person reads them: place, severity, key, what is wrong, what to do.</summary>
public static class DiagnosticText
{
    private const int ValueCharsMax = 80;

    /// <summary><c>pomerium.yaml:14:5 error: routes[2].to: "htp://app" has no known scheme. Did you mean "http://app"?</c></summary>
    public static string Line(Diagnostic diagnostic)
    {
        StringBuilder line = new();
        Mark mark = diagnostic.Mark;
        if (mark.Source.Length > 0)
        {
            line.Append(mark.Source);
            if (mark.Line > 0)
            {
                line.Append(CultureInfo.InvariantCulture, $":{mark.Line}:{mark.Column}");
            }
            line.Append(' ');
        }
        line.Append(Name(diagnostic.Severity)).Append(": ");
        if (diagnostic.Path.Length > 0)
        {
            line.Append(diagnostic.Path).Append(": ");
        }
        line.Append(diagnostic.Message);
        if (diagnostic.Value.Length > 0 && !Says(diagnostic, diagnostic.Value))
        {
            line.Append(" (value: ").Append(Short(diagnostic.Value)).Append(')');
        }
        if (diagnostic.Remedy.Length > 0)
        {
            line.Append(line[^1] is '.' ? " " : ". ");
            line.Append(Sentence(diagnostic.Remedy));
        }
        return OneLine(line.ToString());
    }

    /// <summary>Every finding on its line, then how many there are.</summary>
    public static void Write(TextWriter to, ImmutableArray<Diagnostic> diagnostics)
    {
        foreach (Diagnostic diagnostic in diagnostics)
        {
            to.WriteLine(Line(diagnostic));
        }
        to.WriteLine(Summary(diagnostics));
    }

    /// <summary><c>2 errors, 1 warning</c>; <c>no problems found</c> when there is neither.</summary>
    public static string Summary(ImmutableArray<Diagnostic> diagnostics)
    {
        int errors = diagnostics.Count(static d => d.Severity == Severity.Error);
        int warnings = diagnostics.Count(static d => d.Severity == Severity.Warning);
        return (errors, warnings) switch
        {
            (0, 0) => "no problems found",
            (0, _) => Count(warnings, "warning"),
            (_, 0) => Count(errors, "error"),
            _ => $"{Count(errors, "error")}, {Count(warnings, "warning")}",
        };
    }

    /// <summary>
    /// The one line with which the reference ends: <c>config: options from config file "p": validation error …</c>
    /// (config spec 1.2, 1.7, 1.8), by the first error; null when there is none.
    /// </summary>
    /// <param name="sourceName">The file; empty when there is only the environment.</param>
    public static string? Fatal(ImmutableArray<Diagnostic> diagnostics, string sourceName)
    {
        Diagnostic? first =
            diagnostics.FirstOrDefault(static d => d.Code is "removed-keys")
            ?? diagnostics.FirstOrDefault(static d => d.Severity == Severity.Error);
        if (first is null)
        {
            return null;
        }
        string prefix =
            sourceName.Length > 0
                ? $"config: options from config file \"{sourceName}\": "
                : "config: options from environment: ";
        string stage = first.Code switch
        {
            "removed-keys" => "",
            "syntax" or "unreadable-file" or "unsupported-format" when first.Path.Length == 0 =>
                "failed to read config: ",
            "invalid-routes" or "invalid-value" => "",
            _ => "validation error ",
        };
        return OneLine(prefix + stage + first.Message);
    }

    /// <summary>A path as the tables name keys: without list indexes (config spec 1.7).</summary>
    public static string Key(string path)
    {
        StringBuilder key = new(path.Length);
        bool inside = false;
        foreach (char c in path)
        {
            inside = c == '[' || (inside && c != ']');
            if (!inside && c != ']')
            {
                key.Append(c);
            }
        }
        return key.ToString();
    }

    /// <summary>With a capital, unless it begins with a key or a path, whose spelling matters.</summary>
    private static string Sentence(string text)
    {
        int end = text.IndexOf(' ', StringComparison.Ordinal);
        ReadOnlySpan<char> first = end < 0 ? text : text.AsSpan(0, end);
        bool isWord = first.TrimEnd(":,;").IndexOfAnyExceptInRange('a', 'z') < 0;
        return isWord ? char.ToUpperInvariant(text[0]) + text[1..] : text;
    }

    private static string Name(Severity severity) =>
        severity switch
        {
            Severity.Error => "error",
            Severity.Warning => "warning",
            _ => "info",
        };

    private static bool Says(Diagnostic diagnostic, string value) =>
        diagnostic.Message.Contains(value, StringComparison.Ordinal)
        || diagnostic.Path.EndsWith(value, StringComparison.OrdinalIgnoreCase);

    private static string Short(string value) =>
        value is "<redacted>" ? value
        : value.Length <= ValueCharsMax ? $"\"{value}\""
        : $"\"{value.AsSpan(0, ValueCharsMax)}…\"";

    /// <summary>What a file holds must not be able to forge a second line on a terminal or in a log.</summary>
    private static string OneLine(string text)
    {
        if (!text.Any(char.IsControl))
        {
            return text;
        }
        StringBuilder line = new(text.Length);
        foreach (char c in text)
        {
            line.Append(char.IsControl(c) ? ' ' : c);
        }
        return line.ToString();
    }

    private static string Count(int count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
