using System.Collections.Immutable;
using System.Text.Json;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Providers;

/// <summary>JSON claims to the stored form (identity 3.3): lists of scalars under dotted names.</summary>
public static class ClaimFlattener
{
    private const int DepthMax = 8;

    public static ClaimSet Flatten(IReadOnlyDictionary<string, JsonElement> claims)
    {
        Dictionary<string, ImmutableArray<object?>> flat = new(StringComparer.Ordinal);
        foreach ((string name, JsonElement value) in claims)
        {
            Add(flat, name, value, DepthMax);
        }
        return new ClaimSet(flat);
    }

    private static void Add(Dictionary<string, ImmutableArray<object?>> flat, string name, JsonElement value, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when depth > 0:
                foreach (JsonProperty member in value.EnumerateObject())
                {
                    Add(flat, $"{name}.{member.Name}", member.Value, depth - 1);
                }
                break;
            case JsonValueKind.Array:
                flat[name] =
                [
                    .. value
                        .EnumerateArray()
                        .Where(static e => e.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
                        .Select(Scalar),
                ];
                break;
            case JsonValueKind.Object:
                break;
            default:
                flat[name] = [Scalar(value)];
                break;
        }
    }

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
