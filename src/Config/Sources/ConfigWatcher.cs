using Pomerium.Fast.Config.Diagnostics;

namespace Pomerium.Fast.Config.Sources;

public enum PollOutcome
{
    Unchanged,

    /// <summary>Something differs; it is loaded when the next look finds it at rest, so that no half-written file is read.</summary>
    Settling,

    /// <summary>Loaded, well or badly; the callback has been called.</summary>
    Loaded,
}

/// <summary>
/// Loads the configuration anew when its file or a file that it names changes content (config spec 1.9). Events of the folders
/// give speed, a slow poll gives certainty. The callback gets every outcome; a bad one leaves the current one in force.
/// </summary>
/// <remarks>Control plane only. All entries may be called from any thread; the callback is never called twice at once.</remarks>
public sealed class ConfigWatcher : IDisposable
{
    private static readonly TimeSpan PollPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);
    private const int FullPollEvery = 30;

    private readonly ConfigSources _sources;
    private readonly Action<LoadResult> _loaded;
    private readonly FileFingerprints _files = new();
    private readonly FolderSignals _signals;
    private readonly Lock _lock = new();
    private ITimer? _poll;
    private ITimer? _rest;
    private bool _settling;
    private bool _started;
    private bool _disposed;
    private int _polls;

    /// <param name="current">What is in force; its files are the first ones to be watched.</param>
    public ConfigWatcher(ConfigSources sources, LoadResult current, Action<LoadResult> loaded)
    {
        _sources = sources;
        _loaded = loaded;
        _signals = new FolderSignals(OnSignal);
        IsHotReloadOn = current.Snapshot?.Flag("config_hot_reload") ?? true;
        _files.Track(current.ContentHashes, keepOthers: false);
    }

    /// <summary>Follows the runtime flag <c>config_hot_reload</c> of what is in force.</summary>
    public bool IsHotReloadOn { get; private set; }

    /// <summary>Watches until disposed. Without hot reload only <see cref="Reload"/> loads.</summary>
    public void Start()
    {
        lock (_lock)
        {
            _started = true;
            _signals.Watch(_files.Paths);
            _rest = _sources.Clock.CreateTimer(
                _ => Poll(full: true),
                null,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan
            );
            _poll = _sources.Clock.CreateTimer(_ => OnPoll(), null, PollPeriod, PollPeriod);
        }
    }

    /// <summary>Looks at the files once.</summary>
    /// <param name="full">Hash every file, not only those whose size or time differ.</param>
    public PollOutcome Poll(bool full)
    {
        lock (_lock)
        {
            if (_disposed || !IsHotReloadOn)
            {
                return PollOutcome.Unchanged;
            }
            if (_files.Refresh(full))
            {
                _settling = true;
                _rest?.Change(Rest, Timeout.InfiniteTimeSpan);
                return PollOutcome.Settling;
            }
            if (!_settling)
            {
                return PollOutcome.Unchanged;
            }
            Load();
            return PollOutcome.Loaded;
        }
    }

    /// <summary>Loads now, changed or not: what <c>SIGHUP</c> asks for.</summary>
    public LoadResult Reload()
    {
        lock (_lock)
        {
            _files.Refresh(full: true);
            return Load();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _signals.Dispose();
            _poll?.Dispose();
            _rest?.Dispose();
        }
    }

    private LoadResult Load()
    {
        _settling = false;
        LoadResult result = RefuseEmpty(ConfigLoader.Load(_sources));
        // After a failure the old files stay watched too: any of them may be where it gets mended.
        _files.Track(result.ContentHashes, keepOthers: result.Snapshot is null);
        if (_started)
        {
            _signals.Watch(_files.Paths);
        }
        IsHotReloadOn = result.Snapshot?.Flag("config_hot_reload") ?? IsHotReloadOn;
        _loaded(result);
        return result;
    }

    /// <summary>
    /// An empty file is a valid configuration at start, but in mid-life it is a write that went wrong, and taking it would
    /// drop every route (hardening 9).
    /// </summary>
    private LoadResult RefuseEmpty(LoadResult result)
    {
        if (result.Snapshot is null || _sources.FilePath is not { } path || !IsBlank(path))
        {
            return result;
        }
        Diagnostic empty = new(
            "empty-file",
            Severity.Error,
            "",
            new Mark(path, 0, 0),
            "the file is empty",
            Remedy: "the previous configuration stays in force; write the file again"
        );
        return result with { Snapshot = null, Diagnostics = result.Diagnostics.Add(empty) };
    }

    private static bool IsBlank(string path)
    {
        try
        {
            return new FileInfo(path).Length < 4096 && string.IsNullOrWhiteSpace(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void OnSignal()
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                _rest?.Change(Rest, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void OnPoll() => Poll(full: Interlocked.Increment(ref _polls) % FullPollEvery == 0);
}
