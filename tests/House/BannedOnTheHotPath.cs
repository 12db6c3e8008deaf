namespace Pomerium.Fast.House;

/// <summary>Where every request passes, text and sequences of objects are not welcome: bytes and loops are.</summary>
public sealed class BannedOnTheHotPath
{
    private static readonly string[] Folders = ["src/Http/H1", "src/Http/Proxy", "src/Transport/Epoll"];

    private static readonly string[] Banned =
    [
        "using System.Linq",
        ".ToList()",
        ".ToArray()",
        "string.Format(",
        "string.Concat(",
        "Encoding.UTF8.GetString(",
        "Task.Run(",
        "lock (",
        "Monitor.Enter(",
    ];

    [Fact]
    public void No_banned_call_stands_in_a_hot_folder()
    {
        Assert.Equal(
            [],
            Repository
                .Sources(Folders)
                .SelectMany(f => f.Lines.Where(l => Banned.Any(l.Contains)).Select(l => $"{f.Path}: {l.Trim()}"))
        );
    }
}
