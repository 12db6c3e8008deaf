using System.Collections.Immutable;
using Pomerium.Fast.Auth.Policy;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Policy;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Config.Sources;
using Pomerium.Fast.Kit.Proxy;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Micro.Scenes;

/// <summary>A subject and routes as they occur.</summary>
internal static class PolicyScene
{
    public static readonly ClaimSet Claims = new([
        KeyValuePair.Create<string, ImmutableArray<object?>>("groups", ["eng", "ops", "admins"]),
        KeyValuePair.Create<string, ImmutableArray<object?>>("name", ["Alice"]),
    ]);

    private static readonly UserRecord User = new() { Id = "u1", Email = "alice@example.com" };

    public static PolicySubject Subject() =>
        new(
            new SessionRecord
            {
                Id = "s1",
                UserId = "u1",
                ProviderId = "p",
                IssuedAt = DateTimeOffset.UnixEpoch,
                AccessedAt = DateTimeOffset.UnixEpoch,
                ExpiresAt = DateTimeOffset.MaxValue,
                Claims = Claims,
            },
            User
        );

    public static RouteConfig FiveCriteria() =>
        Route() with
        {
            Policy = Read(
                """
                allow:
                  and:
                    - domain: example.com
                    - claim/groups: admins
                    - source_ip: [10.0.0.0/8, 192.0.2.0/24]
                deny:
                  or:
                    - http_path: {starts_with: /admin}
                    - http_method: {in: [DELETE, PATCH]}
                """
            ),
        };

    public static RouteConfig Users(int count) =>
        Route() with
        {
            AllowedUsers =
            [
                .. Enumerable.Range(1, count - 1).Select(static i => $"u{i}@other.test"),
                "alice@example.com",
            ],
        };

    public static PolicySet Set(bool reasons, params RouteConfig[] routes) =>
        PolicyCompiler.Compile(
            TestSnapshot.With(routes) with
            {
                Logging = new LoggingOptions { Level = reasons ? LogLevelOption.Info : LogLevelOption.Warn },
            },
            []
        );

    private static RouteConfig Route() =>
        new()
        {
            ConfigPath = "routes[0]",
            Id = "0",
            From = new RouteSource("https://wiki.test", RouteScheme.Https, "wiki.test", null),
        };

    public static PolicyDocument? Read(string yaml)
    {
        List<Diagnostic> diagnostics = [];
        return PolicyReader.Read(YamlSource.Parse(yaml, "scene.yaml", diagnostics)!, "policy", diagnostics);
    }
}
