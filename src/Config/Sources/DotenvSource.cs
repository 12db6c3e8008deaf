using System.Text;
using Pomerium.Fast.Config.Diagnostics;

namespace Pomerium.Fast.Config.Sources;

/// <summary>Lines <c>KEY=value</c>: comments by <c>#</c>, optional <c>export</c>, single or double quotes around a value.</summary>
internal static class DotenvSource
{
    private const string Export = "export ";

    public static ConfigNode? Parse(string text, string sourceName, ICollection<Diagnostic> problems)
    {
        List<ConfigMember> members = [];
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }
            Mark mark = new(sourceName, i + 1, lines[i].Length - lines[i].TrimStart().Length + 1);
            line = line.StartsWith(Export, StringComparison.Ordinal) ? line[Export.Length..].TrimStart() : line;
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                problems.Add(new Diagnostic("syntax", Severity.Error, "", mark, "dotenv: expected KEY=value", line));
                return null;
            }
            ConfigNode value = Value(line[(equals + 1)..].Trim(), mark);
            members.Add(new ConfigMember(line[..equals].Trim(), mark, value));
        }
        return ConfigNode.OfMembers(members, new Mark(sourceName, 1, 1));
    }

    private static ConfigNode Value(string text, Mark mark)
    {
        if (text is ['\'', .. var single, '\''])
        {
            return ConfigNode.OfText(single, mark);
        }
        if (text is ['"', .. var quoted, '"'])
        {
            StringBuilder plain = new(quoted.Length);
            for (int i = 0; i < quoted.Length; i++)
            {
                bool escape = quoted[i] == '\\' && i + 1 < quoted.Length;
                plain.Append(escape ? Escaped(quoted[++i]) : quoted[i]);
            }
            return ConfigNode.OfText(plain.ToString(), mark);
        }
        int comment = text.IndexOf(" #", StringComparison.Ordinal);
        return ConfigNode.OfText(comment < 0 ? text : text[..comment].TrimEnd(), mark, plain: true);
    }

    private static char Escaped(char c) =>
        c switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => c,
        };
}
