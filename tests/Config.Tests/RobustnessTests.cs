using System.Text;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Tests;

/// <summary>Whatever is written, loading ends with a result, and a result is a snapshot or errors, never both or neither.</summary>
public sealed class RobustnessTests
{
    private static readonly string[] Values =
    [
        "",
        "~",
        "x",
        "5",
        "-1",
        "1e400",
        "true",
        "[]",
        "[~]",
        "[[a], {b: c}]",
        "{}",
        "{a: b}",
        "{a: [b, {c: d}]}",
        "'https://a.example.com'",
        "'://'",
        "\"\\0\"",
        "'\u00e9\u4e2d'",
        "99999999999999999999999",
    ];

    public static TheoryData<string> Scopes => new() { "", "routes", "redirect", "response", "sub_policies", "limits" };

    [Theory]
    [MemberData(nameof(Scopes))]
    public void Every_key_survives_every_value(string scope)
    {
        IEnumerable<string> keys = scope switch
        {
            "" => Config.Keys.GlobalKeys.Table.Keys.Select(static k => k.Name),
            "routes" => Config.Keys.RouteKeys.Table.Keys.Select(static k => k.Name),
            "limits" => Config.Keys.GlobalKeys.Table["limits"].Nested!.Keys.Select(static k => k.Name),
            _ => Config.Keys.RouteKeys.Table[scope].Nested!.Keys.Select(static k => k.Name),
        };
        foreach (string key in keys)
        {
            foreach (string value in Values)
            {
                Check(
                    scope switch
                    {
                        "" => $"{key}: {value}\n",
                        "routes" => $"routes:\n- {key}: {value}\n",
                        "limits" => $"limits:\n  {key}: {value}\n",
                        _ => $"routes:\n- from: https://a.example.com\n  {scope}:\n    {key}: {value}\n",
                    }
                );
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Mutilated_files_are_survived(int seed)
    {
        string folder = Path.Combine(GoldenTests.Root, "tests", "Config.Tests", "Cases");
        string[] corpus =
        [
            .. Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal).Select(File.ReadAllText),
        ];
        Random random = new(seed);
        for (int i = 0; i < 300; i++)
        {
            StringBuilder text = new(corpus[random.Next(corpus.Length)]);
            for (int edits = random.Next(1, 5); edits > 0 && text.Length > 2; edits--)
            {
                int at = random.Next(text.Length - 1);
                switch (random.Next(3))
                {
                    case 0:
                        text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at));
                        break;
                    case 1:
                        text[at] = (char)random.Next(32, 127);
                        break;
                    default:
                        text.Insert(at, "{}[]:,-'\"&*\n#"[random.Next(13)]);
                        break;
                }
            }
            Check(text.ToString());
        }
    }

    [Fact]
    public void Ten_thousand_routes_load_with_their_places()
    {
        StringBuilder text = new("routes:\n");
        for (int i = 0; i < 10_000; i++)
        {
            text.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"- {{from: 'https://h{i}.example.com', to: 'http://app', allow_any_authenticated_user: true}}\n"
            );
        }
        LoadResult result = Loading.Yaml(text.ToString());
        Assert.Equal(10_000, result.Snapshot!.Routes.Length);
        Assert.Equal(10_001, result.Snapshot.Places.Find("routes[9999].to").Line);
    }

    private static void Check(string yaml)
    {
        LoadResult result = ConfigLoader.Load(new ConfigSources { InlineYaml = yaml, InlineName = "x" });
        Assert.Equal(result.Diagnostics.Any(static d => d.Severity == Severity.Error), result.Snapshot is null);
        Assert.All(result.Diagnostics, static d => Assert.NotEmpty(DiagnosticText.Line(d)));
    }
}
