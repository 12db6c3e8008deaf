using System.Xml.Linq;

namespace Pomerium.Fast.House;

/// <summary>Who may know whom (docs/architecture.md): bytes stay ignorant of configuration, and no part knows the process.</summary>
public sealed class ReferenceDirection
{
    public static TheoryData<string, string[]> Allowed =>
        new()
        {
            { "Config", [] },
            { "Transport", [] },
            { "Http", ["Config", "Transport"] },
            { "State", ["Config"] },
            { "Auth", ["Config", "Http", "State"] },
            { "Server", ["Auth", "Config", "Http", "State", "Transport"] },
        };

    [Theory]
    [MemberData(nameof(Allowed))]
    public void Project_references_only_its_allowed_neighbours(string project, string[] allowed)
    {
        XDocument file = XDocument.Load(Path.Combine(Repository.Root, "src", project, project + ".csproj"));
        IEnumerable<string> references = file.Descendants("ProjectReference")
            .Select(static r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));
        Assert.Equal([], references.Except(allowed, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_project_under_src_is_in_the_table()
    {
        IEnumerable<string> folders = Directory
            .GetDirectories(Path.Combine(Repository.Root, "src"))
            .Select(static d => Path.GetFileName(d)!);
        Assert.Equal(Allowed.Select(static row => (string)row[0]).Order(), folders.Order());
    }

    /// <summary>Http may see what the operator wrote only in its converted, immutable form.</summary>
    [Theory]
    [InlineData("src/Http")]
    [InlineData("src/State")]
    public void Only_the_snapshot_of_the_configuration_is_known(string folder)
    {
        string[] closed = ["Config.Sources", "Config.Keys", "Config.Binding", "Config.Rules"];
        Assert.Equal(
            [],
            Repository
                .Sources(folder)
                .SelectMany(f => f.Lines.Where(l => closed.Any(l.Contains)).Select(l => $"{f.Path}: {l.Trim()}"))
        );
    }
}
