using System.Net;
using System.Text.Json;
using Pomerium.Fast.Auth.Policy;
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
    public bool HasSubPolicies => Legacy is { } route && route.TryGetProperty("sub_policies", out _);

    /// <summary>Refused for what the route's fields say together (config 3.3).</summary>
    public bool IsRouteRule =>
        ExpectedDecision is "config_error"
        && Expect.GetProperty("message_contains").GetString()!.StartsWith("config: ", StringComparison.Ordinal);

    private JsonElement Element => Elements.Value[Id];

    private JsonElement? Legacy => Element.TryGetProperty("route", out JsonElement route) ? route : null;

    private JsonElement? Session =>
        Element.TryGetProperty("session", out JsonElement session) && session.ValueKind == JsonValueKind.Object
            ? session
            : null;

    public PolicyDocument? ReadPolicy(List<Diagnostic> diagnostics)
    {
        if (Element.TryGetProperty("policy_text", out JsonElement text))
        {
            return PolicyKit.Read(text.GetString()!, diagnostics);
        }
        return
            Element.TryGetProperty("policy", out JsonElement policy)
            && JsonSource.Parse(policy.GetRawText(), "policy.json", diagnostics) is { } node
            ? PolicyReader.Read(node, "routes[0].policy", diagnostics)
            : null;
    }

    public RouteConfig Route(PolicyDocument? policy)
    {
        RouteConfig route = PolicyKit.Route() with { Policy = policy };
        return Legacy is not { } legacy
            ? route
            : route with
            {
                AllowPublicUnauthenticatedAccess = Flag(legacy, "allow_public_unauthenticated_access"),
                AllowAnyAuthenticatedUser = Flag(legacy, "allow_any_authenticated_user"),
                CorsAllowPreflight = Flag(legacy, "cors_allow_preflight"),
                AllowedUsers = [.. Texts(legacy, "allowed_users")],
                AllowedDomains = [.. Texts(legacy, "allowed_domains")],
                AllowedIdpClaims = legacy.TryGetProperty("allowed_idp_claims", out JsonElement claims)
                    ? [.. CaseClaims.Flatten(claims).Select(static c => new AllowedClaim(c.Name, [.. c.Values]))]
                    : [],
            };
    }

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

    private static bool Flag(JsonElement route, string name) =>
        route.TryGetProperty(name, out JsonElement value) && value.GetBoolean();

    private static IEnumerable<string> Texts(JsonElement route, string name) =>
        route.TryGetProperty(name, out JsonElement value)
            ? value.EnumerateArray().Select(static v => v.GetString()!)
            : [];
}
