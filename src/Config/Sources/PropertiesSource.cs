using System.Globalization;
using System.Text;
using Pomerium.Fast.Config.Diagnostics;

namespace Pomerium.Fast.Config.Sources;

/// <summary>
/// Java properties: <c>key=value</c>, <c>key: value</c> or <c>key value</c>, comments by <c>#</c> or <c>!</c>, a backslash
/// at the end of a line joins the next one, a dot in a key opens a nested level.
/// </summary>
internal static class PropertiesSource
{
    public static ConfigNode? Parse(string text, string sourceName, ICollection<Diagnostic> problems)
    {
        DottedTree tree = new(sourceName);
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            int first = i;
            string line = lines[i].TrimEnd('\r').TrimStart();
            if (line.Length == 0 || line[0] is '#' or '!')
            {
                continue;
            }
            while (EndsWithOpenBackslash(line) && i + 1 < lines.Length)
            {
                line = line[..^1] + lines[++i].TrimEnd('\r').TrimStart();
            }
            Mark mark = new(sourceName, first + 1, lines[first].Length - lines[first].TrimStart().Length + 1);
            if (!Add(line, mark, tree))
            {
                problems.Add(new Diagnostic("syntax", Severity.Error, "", mark, "properties: malformed \\u escape"));
                return null;
            }
        }
        return tree.Build();
    }

    private static bool Add(string line, Mark mark, DottedTree tree)
    {
        int end = 0;
        while (end < line.Length && line[end] is not ('=' or ':' or ' ' or '\t'))
        {
            end += line[end] == '\\' ? 2 : 1;
        }
        end = Math.Min(end, line.Length);
        string rest = line[end..].TrimStart(' ', '\t');
        rest = rest.Length > 0 && rest[0] is '=' or ':' ? rest[1..].TrimStart(' ', '\t') : rest;
        if (Unescape(line[..end]) is not { } key || Unescape(rest) is not { } value)
        {
            return false;
        }
        Mark valueMark = mark with { Column = mark.Column + (line.Length - rest.Length) };
        tree.Add(key, ConfigNode.OfText(value, valueMark, plain: true), mark);
        return true;
    }

    private static bool EndsWithOpenBackslash(string line) =>
        (line.Length - line.AsSpan().TrimEnd('\\').Length) % 2 == 1;

    private static string? Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }
        StringBuilder result = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                result.Append(text[i] == '\\' ? "" : text[i]);
                continue;
            }
            char c = text[++i];
            if (c == 'u')
            {
                if (
                    i + 4 >= text.Length
                    || !ushort.TryParse(
                        text.AsSpan(i + 1, 4),
                        NumberStyles.AllowHexSpecifier,
                        CultureInfo.InvariantCulture,
                        out ushort code
                    )
                )
                {
                    return null;
                }
                result.Append((char)code);
                i += 4;
                continue;
            }
            result.Append(
                c switch
                {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'f' => '\f',
                    _ => c,
                }
            );
        }
        return result.ToString();
    }
}
