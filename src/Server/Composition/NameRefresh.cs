using Pomerium.Fast.Http.Upstream;

namespace Pomerium.Fast.Server.Composition;

/// <summary>Looks up the names of upstreams again (routing 9.2), for the configuration in force and no other. One caller at a time.</summary>
internal sealed class NameRefresh(ProcessParts parts) : IAsyncDisposable
{
    private CancellationTokenSource? _stop;
    private Task _running = Task.CompletedTask;

    /// <summary>For this configuration from now on.</summary>
    public async Task UseAsync(Generation generation)
    {
        await DisposeAsync();
        _stop = new CancellationTokenSource();
        CancellationToken stop = _stop.Token;
        DnsRefresh refresh = new(generation.Snapshot, generation.Clusters, parts.Names, parts.Clock);
        _running = Task.Run(() => refresh.RunAsync(stop), stop);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop is not { } stop)
        {
            return;
        }
        _stop = null;
        await stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }
}
