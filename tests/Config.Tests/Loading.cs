using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Tests;

/// <summary>Short ways to load a text and to look at what came of it.</summary>
internal static class Loading
{
    public static LoadResult Yaml(string text, params (string Name, string Value)[] environment) =>
        ConfigLoader.Load(
            new ConfigSources
            {
                InlineYaml = text,
                InlineName = "p.yaml",
                Environment = environment.ToDictionary(static e => e.Name, static e => e.Value, StringComparer.Ordinal),
            }
        );

    public static LoadResult Environment(params (string Name, string Value)[] environment) =>
        ConfigLoader.Load(
            new ConfigSources
            {
                Environment = environment.ToDictionary(static e => e.Name, static e => e.Value, StringComparer.Ordinal),
            }
        );

    public static ConfigSnapshot Good(string text, params (string Name, string Value)[] environment)
    {
        LoadResult result = Yaml(text, environment);
        Assert.Equal([], result.Of(Severity.Error));
        return result.Snapshot!;
    }

    /// <summary>One route with a good <c>from</c> and <c>to</c>, open to all, and the given further lines.</summary>
    public static string Route(params string[] lines) =>
        "routes:\n  - from: https://a.example.com\n    to: http://app:8080\n    allow_public_unauthenticated_access: true\n"
        + string.Concat(lines.Select(static l => $"    {l}\n"));

    public static string[] Of(this LoadResult result, Severity severity) =>
        [.. result.Diagnostics.Where(d => d.Severity == severity).Select(static d => $"{d.Path}: {d.Message}")];

    public static Diagnostic Single(this LoadResult result, string code) =>
        Assert.Single(result.Diagnostics, d => d.Code.Equals(code, StringComparison.Ordinal));

    public static bool Has(this LoadResult result, string code) =>
        result.Diagnostics.Any(d => d.Code.Equals(code, StringComparison.Ordinal));
}
