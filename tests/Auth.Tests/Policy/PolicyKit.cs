using System.Collections.Immutable;
using Pomerium.Fast.Auth.Policy;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Policy;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Config.Sources;
using Pomerium.Fast.Kit.Proxy;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Tests.Policy;

/// <summary>Routes, sets and subjects in few words.</summary>
internal static class PolicyKit
{
    public static PolicyDocument? Read(string yaml, ICollection<Diagnostic> diagnostics) =>
        YamlSource.Parse(yaml, "policy.yaml", diagnostics) is { } node
            ? PolicyReader.Read(node, "routes[0].policy", diagnostics)
            : null;

    public static PolicyDocument Document(string yaml)
    {
        List<Diagnostic> diagnostics = [];
        PolicyDocument? document = Read(yaml, diagnostics);
        Assert.DoesNotContain(diagnostics, static d => d.Severity == Severity.Error);
        return Assert.IsType<PolicyDocument>(document);
    }

    public static RouteConfig Route(string? yaml = null) =>
        new()
        {
            ConfigPath = "routes[0]",
            Id = "0",
            From = new RouteSource("https://test.local", RouteScheme.Https, "test.local", null),
            Policy = yaml is null ? null : Document(yaml),
        };

    public static ConfigSnapshot Snapshot(params RouteConfig[] routes) => TestSnapshot.With(routes);

    public static PolicySet Set(params RouteConfig[] routes) => PolicyCompiler.Compile(Snapshot(routes), []);

    /// <summary>As it runs when nobody reads reasons: stops at the first term that decides.</summary>
    public static PolicySet SetWithoutReasons(params RouteConfig[] routes) => SetWithoutReasons(Snapshot(routes));

    public static PolicySet SetWithoutReasons(ConfigSnapshot snapshot) =>
        PolicyCompiler.Compile(snapshot with { Logging = snapshot.Logging with { Level = LogLevelOption.Warn } }, []);

    public static SessionRecord Session(string userId, params (string Name, object?[] Values)[] claims) =>
        new()
        {
            Id = "s1",
            UserId = userId,
            ProviderId = "p",
            IssuedAt = DateTimeOffset.UnixEpoch,
            AccessedAt = DateTimeOffset.UnixEpoch,
            ExpiresAt = DateTimeOffset.MaxValue,
            Claims = Claims(claims),
        };

    public static ClaimSet Claims(params (string Name, object?[] Values)[] claims) =>
        new(claims.Select(static c => KeyValuePair.Create(c.Name, c.Values.ToImmutableArray())));

    public static PolicySubject Subject(string userId, string email, params (string Name, object?[] Values)[] claims) =>
        new(Session(userId, claims), new UserRecord { Id = userId, Email = email });
}
