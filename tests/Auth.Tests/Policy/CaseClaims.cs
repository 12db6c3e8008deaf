using System.Text.Json;

namespace Pomerium.Fast.Auth.Tests.Policy;

/// <summary>Claims of the case file, nested as it likes, in the flat form in which records have them (identity 3.3).</summary>
internal static class CaseClaims
{
    public static IEnumerable<(string Name, object?[] Values)> Flatten(JsonElement claims)
    {
        Dictionary<string, object?[]> flat = new(StringComparer.Ordinal);
        Add(claims, "", flat);
        foreach (JsonProperty literal in claims.EnumerateObject().Where(static c => !IsObject(c.Value)))
        {
            // A claim that is itself named with dots is found before a nested one (policy 3.2).
            flat[literal.Name] = Values(literal.Value);
        }
        return flat.Select(static c => (c.Key, c.Value)).OrderBy(static c => c.Key, StringComparer.Ordinal);
    }

    private static void Add(JsonElement claims, string prefix, Dictionary<string, object?[]> flat)
    {
        foreach (JsonProperty claim in claims.EnumerateObject())
        {
            string name = prefix + claim.Name;
            if (IsObject(claim.Value))
            {
                Add(claim.Value, name + ".", flat);
                continue;
            }
            flat[name] = Values(claim.Value);
        }
    }

    private static bool IsObject(JsonElement value) => value.ValueKind == JsonValueKind.Object;

    private static object?[] Values(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(Scalar)] : [Scalar(value)];

    private static object? Scalar(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };
}
