using Pomerium.Fast.Config.Diagnostics;
using YamlDotNet.Core;
using Mark = Pomerium.Fast.Config.Diagnostics.Mark;

namespace Pomerium.Fast.Config.Sources;

/// <summary>YAML text to nodes. JSON is a subset of YAML, so either text may stand where YAML is expected.</summary>
public static class YamlSource
{
    /// <param name="sourceName">File name for marks.</param>
    /// <returns>The root, a null node for an empty document, or null after a syntax error was reported.</returns>
    public static ConfigNode? Parse(string text, string sourceName, ICollection<Diagnostic> diagnostics)
    {
        Scanner scanner = new(new StringReader(text));
        try
        {
            return new YamlTree(new Parser(scanner), sourceName, diagnostics).Read();
        }
        catch (YamlException e)
        {
            Mark mark = new(sourceName, Clamp(e.Start.Line), Clamp(e.Start.Column));
            diagnostics.Add(new Diagnostic("syntax", Severity.Error, "", mark, $"yaml: {Cause(e)}"));
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The library's scanner lets these escape for some malformed texts.
            Mark mark = new(sourceName, Clamp(scanner.CurrentPosition.Line), Clamp(scanner.CurrentPosition.Column));
            diagnostics.Add(
                new Diagnostic("syntax", Severity.Error, "", mark, "yaml: the text cannot be read from here on")
            );
            return null;
        }
    }

    // The library repeats the position at the front of some messages; the mark already carries it.
    private static string Cause(YamlException e)
    {
        string text = e.Message;
        int cut = text.StartsWith('(') ? text.IndexOf("): ", StringComparison.Ordinal) : -1;
        return cut < 0 ? text : text[(cut + 3)..];
    }

    private static int Clamp(long value) => (int)Math.Clamp(value, 0, int.MaxValue);
}
