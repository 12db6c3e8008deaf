using System.Text;
using System.Text.Json;
using Pomerium.Fast.Config.Diagnostics;

namespace Pomerium.Fast.Config.Sources;

/// <summary>JSON text (RFC 8259) to nodes.</summary>
public static class JsonSource
{
    /// <param name="sourceName">File name for marks.</param>
    /// <returns>The root, or null after a syntax error was reported.</returns>
    public static ConfigNode? Parse(string text, string sourceName, ICollection<Diagnostic> diagnostics)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        LineIndex lines = new(bytes, sourceName);
        try
        {
            Utf8JsonReader reader = new(bytes, new JsonReaderOptions { MaxDepth = 100 });
            reader.Read();
            ConfigNode root = Read(ref reader, lines);
            // Forces the check that nothing follows the value.
            reader.Read();
            return root;
        }
        catch (JsonException e)
        {
            Mark mark = lines.At(e.LineNumber ?? 0, e.BytePositionInLine ?? 0);
            diagnostics.Add(new Diagnostic("syntax", Severity.Error, "", mark, $"json: {Cause(e)}"));
            return null;
        }
    }

    /// <summary>Whether the text is one JSON object or array, as environment values of maps may be.</summary>
    public static bool LooksLikeObject(string text) => text.AsSpan().Trim() is ['{', .., '}'];

    private static string Cause(JsonException e)
    {
        int cut = e.Message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        return cut < 0 ? e.Message : e.Message[..cut];
    }

    private static ConfigNode Read(ref Utf8JsonReader reader, LineIndex lines)
    {
        Mark mark = lines.At(reader.TokenStartIndex);
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => ReadMembers(ref reader, lines, mark),
            JsonTokenType.StartArray => ReadItems(ref reader, lines, mark),
            JsonTokenType.String => ConfigNode.OfText(reader.GetString()!, mark),
            JsonTokenType.Number => ConfigNode.OfNumber(
                reader.GetDouble(),
                mark,
                Encoding.UTF8.GetString(reader.ValueSpan)
            ),
            JsonTokenType.True => ConfigNode.OfBoolean(true, mark),
            JsonTokenType.False => ConfigNode.OfBoolean(false, mark),
            _ => ConfigNode.OfNull(mark),
        };
    }

    private static ConfigNode ReadItems(ref Utf8JsonReader reader, LineIndex lines, Mark mark)
    {
        List<ConfigNode> items = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(Read(ref reader, lines));
        }
        return ConfigNode.OfItems(items, mark);
    }

    private static ConfigNode ReadMembers(ref Utf8JsonReader reader, LineIndex lines, Mark mark)
    {
        List<ConfigMember> members = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string name = reader.GetString()!;
            Mark nameMark = lines.At(reader.TokenStartIndex);
            reader.Read();
            members.Add(new ConfigMember(name, nameMark, Read(ref reader, lines)));
        }
        return ConfigNode.OfMembers(members, mark);
    }
}
