using Microsoft.Extensions.Logging;
using Pomerium.Fast.Auth.Providers;
using Pomerium.Fast.Auth.Sessions;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Server.Composition;

/// <summary>Keeps tokens of signed-in users fresh (identity 3.4), by the providers of the configuration in force.</summary>
internal sealed class SessionUpkeep : IAsyncDisposable
{
    // A refresh under way may still use the providers of the configuration before; the wait covers its time limit.
    private static readonly TimeSpan RetireAfter = TimeSpan.FromMinutes(1);
    private readonly TimeProvider _clock;
    private readonly ProviderRefresher _provider;
    private readonly SessionRefresher _refresher;

    public SessionUpkeep(ProcessParts parts, ConfigSnapshot snapshot, ProviderSet providers)
    {
        _clock = parts.Clock;
        _provider = new ProviderRefresher(providers);
        _refresher = new SessionRefresher(
            parts.Synced,
            parts.Store,
            _provider,
            parts.Clock,
            snapshot.Flag("refresh_session_at_id_token_expiration")
        );
        ILogger log = parts.Loggers.CreateLogger("identity_manager");
        _refresher.Failed += (session, result, detail) =>
        {
            if (result == RefreshResult.Temporary)
            {
                log.RefreshPostponed(session, detail);
            }
            else
            {
                log.SessionEnded(session, detail);
            }
        };
    }

    public void Start() => _refresher.Start();

    public void Replace(ProviderSet old, ProviderSet next)
    {
        _provider.Use(next);
        _ = Task.Delay(RetireAfter, _clock)
            .ContinueWith(
                static (_, p) => ((ProviderSet)p!).Dispose(),
                old,
                CancellationToken.None,
                TaskContinuationOptions.None,
                TaskScheduler.Default
            );
    }

    public ValueTask DisposeAsync() => _refresher.DisposeAsync();
}
