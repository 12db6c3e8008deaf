using System.Diagnostics;

namespace Pomerium.Fast.Compare;

/// <summary>Where this runs from: paths in options count from the repository, whatever the current folder is.</summary>
internal static class Repository
{
    /// <summary><c>dotnet run --project</c> starts in the project's folder.</summary>
    public static void Enter()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "global.json")))
        {
            at = at.Parent;
        }
        Environment.CurrentDirectory =
            at?.FullName ?? throw new InvalidOperationException("this program must be run from the repository");
    }

    /// <summary>Publishes the server when its binary is not there yet.</summary>
    public static async Task PublishAsync(string binary)
    {
        if (File.Exists(binary))
        {
            return;
        }
        string folder = Path.GetDirectoryName(Path.GetFullPath(binary))!;
        Console.Error.WriteLine($"{binary} is not there: publishing the server");
        using Process publish =
            Process.Start("dotnet", ["publish", "src/Server", "-c", "Release", "-o", folder, "-v", "q"])
            ?? throw new InvalidOperationException("dotnet does not start");
        await publish.WaitForExitAsync();
        if (publish.ExitCode != 0)
        {
            throw new InvalidOperationException("the server could not be published");
        }
    }
}
