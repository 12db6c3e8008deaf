using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Keys;

namespace Pomerium.Fast.Config.Tests.Keys;

public sealed class KeyTableTests
{
    public static TheoryData<string> Fatal => [.. RemovedKeys.Fatal.Keys.Order(StringComparer.Ordinal)];

    public static TheoryData<string> Ignored => [.. RemovedKeys.Ignored.Keys.Order(StringComparer.Ordinal)];

    public static TheoryData<string> Known =>
        [.. GlobalKeys.Table.Keys.Where(static k => k.AliasOf is null).Select(static k => k.Name)];

    [Theory]
    [MemberData(nameof(Fatal))]
    public void Removed_key_in_the_file_fails_the_start(string key)
    {
        LoadResult result = Loading.Yaml(Yaml(key));
        Assert.Null(result.Snapshot);
        Diagnostic d = result.Single("removed-key");
        Assert.Equal("config option was removed", d.Message);
        Assert.Contains(RemovedKeys.Fatal[key].Help, d.Remedy, StringComparison.Ordinal);
        Assert.Contains("https://", d.Remedy, StringComparison.Ordinal);
        Assert.Equal(
            "some configuration options are no longer supported, please check logs for details",
            result.Single("removed-keys").Message
        );
    }

    [Theory]
    [MemberData(nameof(Fatal))]
    public void Removed_key_in_the_environment_is_never_looked_at(string key) =>
        Assert.NotNull(Loading.Environment((key.ToUpperInvariant(), "x")).Snapshot);

    [Theory]
    [MemberData(nameof(Ignored))]
    public void Ignored_key_is_unknown_with_a_hint_and_the_start_goes_on(string key)
    {
        LoadResult result = Loading.Yaml($"{key}: x");
        Assert.NotNull(result.Snapshot);
        Diagnostic d = result.Single("unknown-key");
        Assert.Equal((Severity.Warning, "unknown config option"), (d.Severity, d.Message));
        Assert.Contains(RemovedKeys.Ignored[key].Hint, d.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Known))]
    public void Known_key_is_never_called_unknown_in_any_case(string key)
    {
        Assert.False(Loading.Yaml($"{key}: x").Has("unknown-key"));
        Assert.False(Loading.Yaml($"{key.ToUpperInvariant()}: x").Has("unknown-key"));
    }

    [Theory]
    [MemberData(nameof(Known))]
    public void Environment_variable_stands_for_the_key(string key)
    {
        KeyInfo info = GlobalKeys.Table[key];
        // A value that is wrong for every type that can be wrong; for the others the snapshot tests show the effect.
        LoadResult result = Loading.Environment((info.Environment.Length > 0 ? info.Environment : key, "\u0001"));
        bool read = result.Diagnostics.Any(d =>
            d.Mark.Source.Equals($"environment {info.Environment}", StringComparison.Ordinal)
        );
        bool canBeWrong =
            info.Type is not (KeyType.Text or KeyType.TextList or KeyType.Base64) || info.Effect != KeyEffect.Works;
        Assert.Equal(info.Environment.Length > 0 && canBeWrong, read && canBeWrong);
    }

    [Theory]
    [InlineData("policy_file: x", "")]
    [InlineData("", "POLICY_FILE")]
    public void Policy_file_is_refused_wherever_it_stands(string yaml, string variable)
    {
        LoadResult result = Loading.Yaml(yaml, (variable.Length > 0 ? variable : "X", "x"));
        Assert.Equal(["policy_file: config: policy file setting is deprecated"], result.Of(Severity.Error));
    }

    [Fact]
    public void Names_are_unique_and_lower_case()
    {
        foreach (KeyTable table in (KeyTable[])[GlobalKeys.Table, RouteKeys.Table, RouteKeys.Redirect])
        {
            Assert.Equal(table.Keys.Length, table.Keys.DistinctBy(static k => k.Name).Count());
            Assert.All(table.Keys, static k => Assert.Equal(k.Name.ToLowerInvariant(), k.Name));
            Assert.All(table.Keys, static k => Assert.NotEmpty(k.Meaning));
        }
    }

    [Fact]
    public void No_removed_key_is_also_a_known_one()
    {
        Assert.Empty(RemovedKeys.Ignored.Keys.Where(static k => GlobalKeys.Table.Find(k) is not null));
        Assert.Empty(RemovedKeys.Fatal.Keys.Where(static k => GlobalKeys.Table.Find(k) is not null));
    }

    private static string Yaml(string key) =>
        key.StartsWith("routes.", StringComparison.Ordinal)
            ? Loading.Route($"{key["routes.".Length..]}: [x]")
            : $"{key}: x";
}
