using System.Text;
using Pomerium.Fast.Config.Keys;

namespace Pomerium.Fast.Config.Tests.Keys;

/// <summary>
/// Keeps the reference in <c>docs/configuration.md</c> equal to the key table. With <c>UPDATE_GOLDEN=1</c> it is written anew.
/// </summary>
public sealed class KeyReferenceTests
{
    private const string Begin = "<!-- generated from the key table: begin -->\n";
    private const string End = "<!-- generated from the key table: end -->\n";

    [Fact]
    public void Documentation_lists_every_key_as_the_table_has_it()
    {
        string file = Path.Combine(GoldenTests.Root, "docs", "configuration.md");
        string text = File.ReadAllText(file);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = text.IndexOf(End, StringComparison.Ordinal);
        string expected = Render();
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") is "1")
        {
            File.WriteAllText(file, text[..begin] + expected + text[end..]);
            return;
        }
        Assert.Equal(expected, text[begin..end]);
    }

    private static string Render()
    {
        StringBuilder text = new();
        Table(text, "Global keys", GlobalKeys.Table, environment: true);
        foreach (KeyInfo key in GlobalKeys.Table.Keys.Where(static k => k.Nested is not null))
        {
            Table(text, $"Inside `{key.Name}`", key.Nested!, environment: false);
        }
        Table(text, "Route keys", RouteKeys.Table, environment: false);
        foreach (KeyInfo key in RouteKeys.Table.Keys.Where(static k => k.Nested is not null))
        {
            if (GlobalKeys.Table.Find(key.Name) is null)
            {
                Table(text, $"Inside `{key.Name}` of a route", key.Nested!, environment: false);
            }
        }
        text.Append("\n### Runtime flags\n\n| Flag | Default | State | Meaning |\n|---|---|---|---|\n");
        foreach (RuntimeFlag flag in RuntimeFlags.All)
        {
            string fallback = flag.Default ? "true" : "false";
            text.Append($"| `{flag.Name}` | `{fallback}` | {State(flag.Effect)} | {flag.Meaning} |\n");
        }
        text.Append(
            "\n### Removed keys\n\nIn a file, these end the start:\n\n| Key | Removed in | See |\n|---|---|---|\n"
        );
        foreach ((string key, (string removed, string help)) in RemovedKeys.Fatal.OrderBy(static k => k.Key))
        {
            text.Append($"| `{key}` | {removed} | <{help}> |\n");
        }
        text.Append("\nThese only lead to a warning:\n\n| Key | Removed in | Instead |\n|---|---|---|\n");
        foreach ((string key, (string removed, string hint)) in RemovedKeys.Ignored.OrderBy(static k => k.Key))
        {
            text.Append($"| `{key}` | {removed} | {hint} |\n");
        }
        return text.Append('\n').ToString();
    }

    private static void Table(StringBuilder text, string title, KeyTable table, bool environment)
    {
        string variable = environment ? " Environment |" : "";
        text.Append($"\n### {title}\n\n| Key |{variable} Type | Default | Since | State | Meaning |\n|---|");
        text.Append(environment ? "---|" : "").Append("---|---|---|---|---|\n");
        foreach (KeyInfo key in table.Keys)
        {
            string name = key.Environment.Length > 0 ? $"`{key.Environment}`" : "–";
            text.Append($"| `{key.Name}` |").Append(environment ? $" {name} |" : "");
            text.Append($" {Type(key)} | {Default(key)} | {(key.Since is "-" ? "" : key.Since)} |");
            text.Append($" {State(key.Effect)} | {key.Meaning}{Deprecation(key)} |\n");
        }
    }

    private static string Type(KeyInfo key) =>
        key.Choices.IsEmpty ? Words(key.Type) : string.Join(", ", key.Choices.Select(static c => $"`{c}`"));

    private static string Words(KeyType type) =>
        type switch
        {
            KeyType.Text => "text",
            KeyType.Boolean => "true/false",
            KeyType.Integer => "whole number",
            KeyType.Number => "number",
            KeyType.Duration => "duration",
            KeyType.TextList => "list",
            KeyType.TextMap => "map",
            KeyType.Url => "URL",
            KeyType.UrlList => "list of URLs",
            KeyType.Address => "host:port",
            KeyType.Choice => "choice",
            KeyType.Base64 => "base64",
            KeyType.File => "path",
            KeyType.Object => "object",
            KeyType.ObjectList => "list of objects",
            KeyType.Targets => "URLs with weights",
            KeyType.ClaimHeaders => "list or map",
            KeyType.Routes => "list of routes",
            _ => "any",
        };

    private static string Default(KeyInfo key) => key.Default.Length > 0 ? $"`{key.Default}`" : "";

    private static string Deprecation(KeyInfo key) =>
        key.Deprecated.Length > 0 ? $" Deprecated: {key.Deprecated}." : "";

    private static string State(KeyEffect effect) =>
        effect switch
        {
            KeyEffect.Works => "works",
            KeyEffect.Later => "not yet",
            _ => "no effect",
        };
}
