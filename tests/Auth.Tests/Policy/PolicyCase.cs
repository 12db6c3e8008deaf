using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pomerium.Fast.Auth.Policy;
using Pomerium.Fast.Config;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Policy;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Config.Sources;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Kit.Policy;
using Pomerium.Fast.State.Records;
using Xunit.Abstractions;

namespace Pomerium.Fast.Auth.Tests.Policy;

/// <summary>One element of policy-cases.json (policy 10).</summary>
public sealed class PolicyCase : IXunitSerializable
{
    private static readonly Lazy<Dictionary<string, JsonElement>> Elements = new(static () =>
        JsonDocument
            .Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Policy", "policy-cases.json")))
            .RootElement.EnumerateArray()
            .ToDictionary(static e => e.GetProperty("id").GetString()!, static e => e, StringComparer.Ordinal)
    );

    [Obsolete("for the runner alone", error: true)]
    public PolicyCase() { }

    private PolicyCase(string id) => Id = id;

    public static IEnumerable<PolicyCase> All => Elements.Value.Keys.Select(static id => new PolicyCase(id));

    public string Id { get; private set; } = "";
    public string Group => Element.GetProperty("group").GetString()!;
    public JsonElement Expect => Element.GetProperty("expect");
    public string ExpectedDecision => Expect.GetProperty("decision").GetString()!;
    public bool HasMtls => Element.TryGetProperty("mtls", out _);
    public bool HasDevice => Session is { } session && session.GetProperty("device").GetArrayLength() > 0;

    private JsonElement Element => Elements.Value[Id];

    private JsonElement? Legacy => Element.TryGetProperty("route", out JsonElement route) ? route : null;

    private JsonElement? Session =>
        Element.TryGetProperty("session", out JsonElement session) && session.ValueKind == JsonValueKind.Object
            ? session
            : null;

    /// <summary>The configuration of the case; null when it has errors. Cases with route fields go through the loader.</summary>
    public ConfigSnapshot? Load(List<Diagnostic> diagnostics) =>
        Legacy is { } legacy ? LoadRoute(legacy, diagnostics) : LoadPolicy(diagnostics);

    private ConfigSnapshot? LoadPolicy(List<Diagnostic> diagnostics)
    {
        string text = Element.TryGetProperty("policy_text", out JsonElement yaml) ? yaml.GetString()! : PolicyJson;
        PolicyDocument? document = PolicyKit.Read(text, diagnostics);
        return diagnostics.Exists(static d => d.Severity == Severity.Error)
            ? null
            : PolicyKit.Snapshot(PolicyKit.Route() with { Policy = document });
    }

    private ConfigSnapshot? LoadRoute(JsonElement legacy, List<Diagnostic> diagnostics)
    {
        JsonObject route = JsonObject.Create(legacy)!;
        route["from"] = "https://test.local";
        route["to"] = "http://app.test";
        route["policy"] = JsonNode.Parse(PolicyJson);
        JsonObject root = new() { ["insecure_server"] = true, ["routes"] = new JsonArray(route) };
        LoadResult result = ConfigLoader.Load(
            new ConfigSources { InlineYaml = root.ToJsonString(), InlineName = "case.yaml" }
        );
        diagnostics.AddRange(result.Diagnostics);
        return result.Snapshot;
    }

    private string PolicyJson =>
        Element.TryGetProperty("policy", out JsonElement policy) ? policy.GetRawText() : "null";

    public PolicySubject Subject()
    {
        if (Session is not { } session)
        {
            return PolicySubject.Anonymous;
        }
        string userId = session.GetProperty("user_id").GetString()!;
        UserRecord user = new()
        {
            Id = userId,
            Email = session.GetProperty("email").GetString()!,
            Claims = PolicyKit.Claims([.. CaseClaims.Flatten(session.GetProperty("user_claims"))]),
        };
        string directoryEmail = session.TryGetProperty("directory_email", out JsonElement email)
            ? email.GetString() ?? ""
            : "";
        SessionRecord record = PolicyKit.Session(userId, [.. CaseClaims.Flatten(session.GetProperty("claims"))]);
        return new PolicySubject(record, user, directoryEmail: directoryEmail);
    }

    public Exchange Exchange()
    {
        JsonElement request = Element.GetProperty("request");
        return StillExchange.Of(
            request.GetProperty("method").GetString()!,
            request.GetProperty("path").GetString()!,
            IPAddress.Parse(request.GetProperty("ip").GetString()!),
            request.GetProperty("time").GetDateTimeOffset(),
            [.. request.GetProperty("headers").EnumerateObject().Select(static h => (h.Name, h.Value.GetString()!))]
        );
    }

    public void Deserialize(IXunitSerializationInfo info) => Id = info.GetValue<string>("id");

    public void Serialize(IXunitSerializationInfo info) => info.AddValue("id", Id);

    public override string ToString() => $"{Id} {Element.GetProperty("title").GetString()}";
}
