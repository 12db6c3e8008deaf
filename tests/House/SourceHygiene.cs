using System.Text.RegularExpressions;

namespace Pomerium.Fast.House;

public sealed partial class SourceHygiene
{
    private const int FileLinesMax = 500;

    [Fact]
    public void Nothing_is_left_to_do()
    {
        string[] words = ["TO" + "DO", "FIX" + "ME", "HA" + "CK:"];
        Assert.Equal(
            [],
            All().SelectMany(f => f.Lines.Where(l => words.Any(l.Contains)).Select(l => $"{f.Path}: {l.Trim()}"))
        );
    }

    [Fact]
    public void Files_stay_small()
    {
        Assert.Equal(
            [],
            All()
                .Where(static f => f.Lines.Length > FileLinesMax)
                .Select(static f => $"{f.Path}: {f.Lines.Length} lines")
        );
    }

    [Fact]
    public void File_names_say_one_thing()
    {
        Assert.Equal(
            [],
            Repository
                .Sources("src")
                .Select(static f => Path.GetFileNameWithoutExtension(f.Path))
                .Where(static n => VagueName().IsMatch(n))
        );
    }

    /// <summary>No machine of ours may show in what others read.</summary>
    [Fact]
    public void No_machine_path_is_written_down()
    {
        string[] prefixes = ["/wo" + "rk/", "/ro" + "ot/", "/tm" + "p/wt"];
        Assert.Equal(
            [],
            All().SelectMany(f => f.Lines.Where(l => prefixes.Any(l.Contains)).Select(l => $"{f.Path}: {l.Trim()}"))
        );
    }

    private static IEnumerable<(string Path, string[] Lines)> All() => Repository.Sources("src", "tests", "perf");

    [GeneratedRegex("(Manager|Helper|Utils?|Base|Misc)$")]
    private static partial Regex VagueName();
}
