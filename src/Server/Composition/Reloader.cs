using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Pomerium.Fast.Config;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Server.Composition;

/// <summary>
/// From a changed file or SIGHUP to a configuration in force (config 1.9). Reloads run one after the other; whatever is
/// wrong with a new one is logged and the old one keeps serving.
/// </summary>
internal sealed class Reloader : IAsyncDisposable
{
    private readonly ProxyServer _server;
    private readonly ILogger _log;
    private readonly ConfigWatcher _watcher;
    private readonly CancellationTokenSource _stop = new();

    // Only the newest matters: what was loaded before it is out of date.
    private readonly Channel<LoadResult> _loaded = Channel.CreateBounded<LoadResult>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest }
    );
    private Task _running = Task.CompletedTask;

    public Reloader(ProxyServer server, ConfigSources sources, LoadResult current, ILogger log)
    {
        _server = server;
        _log = log;
        _watcher = new ConfigWatcher(sources, current, result => _loaded.Writer.TryWrite(result));
    }

    public void Start()
    {
        if (!_watcher.IsHotReloadOn)
        {
            _log.HotReloadDisabled();
        }
        _running = Task.Run(RunAsync);
        _watcher.Start();
    }

    public void OnSighup()
    {
        _log.SighupReceived();
        _watcher.Reload();
    }

    public async ValueTask DisposeAsync()
    {
        _watcher.Dispose();
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        await foreach (LoadResult loaded in _loaded.Reader.ReadAllAsync(_stop.Token))
        {
            _log.FileUpdated();
            try
            {
                await ApplyAsync(loaded);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                _log.UpdateFailed(e.Message);
            }
        }
    }

    private async Task ApplyAsync(LoadResult loaded)
    {
        ImmutableArray<Diagnostic> findings = loaded.Diagnostics;
        if (loaded.Snapshot is { } snapshot)
        {
            findings = findings.AddRange(await _server.ReloadAsync(snapshot, _stop.Token));
        }
        ConfigFindings.Log(_log, findings);
        Diagnostic? error = findings.FirstOrDefault(static f => f.Severity == Severity.Error);
        if (error is null)
        {
            _log.ConfigLoaded(Guid.NewGuid().ToString("N"), loaded.Snapshot!.Routes.Length);
        }
        else
        {
            _log.UpdateFailed(DiagnosticText.Line(error));
        }
    }
}
