using System.Text;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Tests;

/// <summary>
/// One case a file in <c>Cases</c>: a configuration, and beside it, in <c>.expected</c>, every diagnostic and the snapshot.
/// Lines <c># env NAME=value</c> at the top set the environment. With <c>UPDATE_GOLDEN=1</c> the expected files are written
/// anew, to be read in the diff.
/// </summary>
public sealed class GoldenTests
{
    private static readonly string Folder = Path.Combine(Root, "tests", "Config.Tests", "Cases");

    /// <summary>The checkout.</summary>
    internal static string Root => FindRoot();

    public static TheoryData<string> Names =>
        [
            .. Directory
                .EnumerateFiles(Folder)
                .Where(static f => !f.EndsWith(".expected", StringComparison.Ordinal))
                .Select(static f => Path.GetFileName(f))
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Case(string name)
    {
        string file = Path.Combine(Folder, name);
        string actual = Run(name, File.ReadAllText(file));
        string expected = file + ".expected";
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") is "1")
        {
            File.WriteAllText(expected, actual);
        }
        Assert.Equal(File.ReadAllText(expected), actual);
    }

    private static string Run(string name, string text)
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal);
        foreach (string line in text.Split('\n').Where(static l => l.StartsWith("# env ", StringComparison.Ordinal)))
        {
            string[] parts = line["# env ".Length..].Split('=', 2);
            environment[parts[0]] = parts[1];
        }
        LoadResult result = ConfigLoader.Load(
            new ConfigSources
            {
                InlineYaml = text,
                InlineName = name,
                Environment = environment,
            }
        );
        StringBuilder report = new();
        foreach (Diagnostic diagnostic in result.Diagnostics)
        {
            report.Append(DiagnosticText.Line(diagnostic)).Append('\n');
        }
        report.Append(DiagnosticText.Summary(result.Diagnostics)).Append('\n');
        if (result.Snapshot is { } snapshot)
        {
            report.Append('\n').Append(SnapshotDump.Of(snapshot));
        }
        return report.ToString();
    }

    private static string FindRoot()
    {
        string at = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(at, "Pomerium.Fast.sln")))
        {
            at = Path.GetDirectoryName(at)!;
        }
        return at;
    }
}
