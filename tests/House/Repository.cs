namespace Pomerium.Fast.House;

/// <summary>The checkout that the tests run in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Every own C# file below the folder, generated ones left out; path relative to the root, with slashes.</summary>
    public static IEnumerable<(string Path, string[] Lines)> Sources(params string[] folders)
    {
        foreach (string folder in folders)
        {
            foreach (
                string file in Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            )
            {
                string relative = Path.GetRelativePath(Root, file).Replace('\\', '/');
                if (
                    !relative.Contains("/obj/", StringComparison.Ordinal)
                    && !relative.Contains("/bin/", StringComparison.Ordinal)
                )
                {
                    yield return (relative, File.ReadAllLines(file));
                }
            }
        }
    }

    private static string FindRoot()
    {
        string? at = AppContext.BaseDirectory;
        while (at is not null && !File.Exists(Path.Combine(at, "Pomerium.Fast.sln")))
        {
            at = Path.GetDirectoryName(at);
        }
        return at ?? throw new InvalidOperationException("The tests must run inside the repository.");
    }
}
