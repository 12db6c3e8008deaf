using Pomerium.Fast.Auth.Providers;
using Pomerium.Fast.Auth.Sessions;

namespace Pomerium.Fast.Server.Composition;

/// <summary>Keeps tokens of signed-in users fresh (identity 3.4), by the providers of the configuration in force.</summary>
internal sealed class SessionUpkeep : IAsyncDisposable
{
    // A refresh under way may still use the providers of the configuration before; the wait covers its time limit.
    private static readonly TimeSpan RetireAfter = TimeSpan.FromMinutes(1);
    private readonly ProcessParts _parts;
    private readonly SessionRefresher _refresher;

    public SessionUpkeep(ProcessParts parts, Func<ProviderSet> providers)
    {
        _parts = parts;
        _refresher = new SessionRefresher(parts.Store, parts.Synced, providers, parts.Clock);
    }

    public void Start() => _refresher.Start();

    /// <summary>Disposes providers that no request asks any more, when what they are doing must have ended.</summary>
    public void Retire(ProviderSet providers) =>
        _ = Task.Delay(RetireAfter, _parts.Clock)
            .ContinueWith(
                static (_, p) => ((ProviderSet)p!).Dispose(),
                providers,
                CancellationToken.None,
                TaskContinuationOptions.None,
                TaskScheduler.Default
            );

    public ValueTask DisposeAsync() => _refresher.DisposeAsync();
}
