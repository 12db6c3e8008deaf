using System.Text.Json;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Providers;

/// <summary>Claims as they come from a provider, before they are flattened: overlay, normalise, find the user.</summary>
internal sealed class ProviderClaims
{
    private readonly Dictionary<string, JsonElement> _claims = new(StringComparer.Ordinal);

    public string Text(string name) =>
        _claims.TryGetValue(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";

    public void Overlay(JsonElement claims)
    {
        foreach (JsonProperty claim in claims.EnumerateObject())
        {
            _claims[claim.Name] = claim.Value.Clone();
        }
    }

    public void Set(string name, string value) =>
        _claims[name] = JsonSerializer.SerializeToElement(value, ProviderJson.Default.String);

    public void Set(string name, bool value) =>
        _claims[name] = JsonSerializer.SerializeToElement(value, ProviderJson.Default.Boolean);

    public void Set(string name, long value) =>
        _claims[name] = JsonSerializer.SerializeToElement(value, ProviderJson.Default.Int64);

    /// <summary><c>oid</c>, else <c>sub</c>: Entra's subjects differ from client to client (identity 2.5).</summary>
    public string UserId => Text("oid") is { Length: > 0 } oid ? oid : Text("sub");

    /// <summary>Stored form, after the normalisations of identity 4.2.</summary>
    public ClaimSet Finish()
    {
        if (bool.TryParse(Text("email_verified"), out bool verified))
        {
            Set("email_verified", verified);
        }
        if (Text("email").Length == 0 && Text("mail") is { } mail && mail.Contains('@', StringComparison.Ordinal))
        {
            Set("email", mail);
        }
        return ClaimFlattener.Flatten(_claims);
    }
}
