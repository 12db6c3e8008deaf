using Pomerium.Fast.State.Broker;
using Pomerium.Fast.State.Storage;

namespace Pomerium.Fast.State.Sync;

/// <summary>
/// Keeps <see cref="SyncedRecords"/> current (state 4.3). A broken stream resumes where it was; only an aborted one
/// begins again, and what was there keeps being served until the new set is whole.
/// </summary>
public sealed class Syncer(IStorageBackend backend, SyncedRecords records, TimeProvider clock) : IAsyncDisposable
{
    private static readonly TimeSpan BackoffFirst = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan BackoffMax = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;

    /// <summary>Completes when the first whole set has been applied.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Told of every failure before the wait for the next attempt.</summary>
    public Action<Exception>? Failed { get; set; }

    public void Start() => _running = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        TimeSpan backoff = BackoffFirst;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (records.Position.Server == 0)
                {
                    await FillAsync().ConfigureAwait(false);
                    backoff = BackoffFirst;
                }
                await FollowAsync().ConfigureAwait(false);
            }
            catch (SyncAbortedException)
            {
                try
                {
                    await FillAsync().ConfigureAwait(false);
                    backoff = BackoffFirst;
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    backoff = await WaitAsync(e, backoff).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                backoff = await WaitAsync(e, backoff).ConfigureAwait(false);
            }
        }
    }

    private async Task FillAsync()
    {
        LatestRecords latest = await backend.ReadLatestAsync("", _stop.Token).ConfigureAwait(false);
        records.ReplaceAll(latest);
        _ready.TrySetResult();
    }

    private async Task FollowAsync()
    {
        RecordVersion at = records.Position;
        await foreach (
            StoredRecord change in backend.SyncAsync(at.Server, at.Record, "", _stop.Token).ConfigureAwait(false)
        )
        {
            records.Apply(at.Server, change);
        }
    }

    private async Task<TimeSpan> WaitAsync(Exception failure, TimeSpan backoff)
    {
        Failed?.Invoke(failure);
        // Spread by half: many proxies lose one store at the same moment (state 4.3).
        double spread = 0.5 + Random.Shared.NextDouble();
        await Task.Delay(backoff * spread, clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        TimeSpan next = backoff * 1.5;
        return next < BackoffMax ? next : BackoffMax;
    }
}
