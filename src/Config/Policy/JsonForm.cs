using System.Text.Json;

namespace Pomerium.Fast.Config.Policy;

/// <summary>A value as JSON, for messages and keys.</summary>
public static class JsonForm
{
    public static string Of(PolicyValue value) =>
        value.Kind switch
        {
            PolicyValueKind.String => Quote(value.Text),
            PolicyValueKind.Number => value.Text,
            PolicyValueKind.Boolean => value.Boolean ? "true" : "false",
            PolicyValueKind.Array => $"[{string.Join(',', value.Items.Select(Of))}]",
            PolicyValueKind.Object =>
                $"{{{string.Join(',', value.Members.Select(static m => $"{Quote(m.Key)}:{Of(m.Value)}"))}}}",
            _ => "null",
        };

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
