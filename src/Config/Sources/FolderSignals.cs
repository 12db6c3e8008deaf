namespace Pomerium.Fast.Config.Sources;

/// <summary>
/// Says when something happens to one of a set of files. Folders are watched, not files, since a file that is replaced by a
/// rename takes its own watch with it. It may miss events (network file systems, limits of the kernel): a poll must back it.
/// </summary>
internal sealed class FolderSignals(Action signal) : IDisposable
{
    private readonly Dictionary<string, FileSystemWatcher> _folders = new(StringComparer.Ordinal);
    private HashSet<string> _names = new(StringComparer.Ordinal);

    public void Watch(IEnumerable<string> paths)
    {
        string[] all = [.. paths.SelectMany(WithTarget)];
        _names = new HashSet<string>(all.Select(static p => Path.GetFileName(p)), StringComparer.Ordinal);
        HashSet<string> wanted = new(all.Select(static p => Path.GetDirectoryName(p) ?? "/"), StringComparer.Ordinal);
        foreach (string gone in _folders.Keys.Where(f => !wanted.Contains(f)).ToArray())
        {
            _folders.Remove(gone, out FileSystemWatcher? watcher);
            watcher?.Dispose();
        }
        foreach (string folder in wanted.Where(f => !_folders.ContainsKey(f)))
        {
            if (Open(folder) is { } watcher)
            {
                _folders[folder] = watcher;
            }
        }
    }

    public void Dispose()
    {
        foreach (FileSystemWatcher watcher in _folders.Values)
        {
            watcher.Dispose();
        }
        _folders.Clear();
    }

    /// <summary>The path itself and, for a link, where it leads.</summary>
    private static IEnumerable<string> WithTarget(string path)
    {
        yield return path;
        string? target = null;
        try
        {
            target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nothing there yet: the folder's watch sees it appear.
        }
        if (target is not null)
        {
            yield return target;
        }
    }

    private FileSystemWatcher? Open(string folder)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(folder)
            {
                NotifyFilter =
                    NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            watcher.Changed += OnEvent;
            watcher.Created += OnEvent;
            watcher.Deleted += OnEvent;
            watcher.Renamed += OnRename;
            watcher.Error += (_, _) => signal();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            watcher?.Dispose();
            return null;
        }
    }

    private void OnRename(object sender, RenamedEventArgs e)
    {
        if (IsOurs(e.Name) || IsOurs(e.OldName))
        {
            signal();
        }
    }

    private void OnEvent(object sender, FileSystemEventArgs e)
    {
        if (IsOurs(e.Name))
        {
            signal();
        }
    }

    // Mounted secrets change by renaming a link whose name begins with two dots.
    private bool IsOurs(string? name) =>
        name is not null && (_names.Contains(name) || name.StartsWith("..", StringComparison.Ordinal));
}
