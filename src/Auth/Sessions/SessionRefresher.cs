using Pomerium.Fast.State.Broker;
using Pomerium.Fast.State.Records;
using Pomerium.Fast.State.Sync;

namespace Pomerium.Fast.Auth.Sessions;

/// <summary>
/// Keeps sessions alive in the background (identity 3.4): refreshes tokens before they end, asks userinfo, and ends the
/// sessions that a provider no longer stands for. Requests never wait for it.
/// </summary>
public sealed class SessionRefresher : IAsyncDisposable
{
    private const int ParallelMax = 16;
    private static readonly TimeSpan StartSpread = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly SyncedRecords _synced;
    private readonly SessionRenewal _renewal;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, RefreshEntry> _entries = new(StringComparer.Ordinal);
    private readonly PriorityQueue<(RefreshEntry Entry, long Number), DateTimeOffset> _due = new();
    private readonly DateTimeOffset _startedAt;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private long _number;
    private int _active;

    /// <param name="byIdToken">Flag <c>refresh_session_at_id_token_expiration</c>.</param>
    public SessionRefresher(
        SyncedRecords synced,
        IdentityStore store,
        ITokenRefresher provider,
        TimeProvider clock,
        bool byIdToken = true
    )
    {
        _synced = synced;
        _clock = clock;
        _startedAt = clock.GetUtcNow();
        ByIdToken = byIdToken;
        _renewal = new SessionRenewal(store, provider, clock, byIdToken);
        synced.SessionChanged += OnSessionChanged;
        foreach (Versioned<SessionRecord> session in synced.Sessions.All)
        {
            OnSessionChanged(session.Record.Id, session.Record);
        }
    }

    private bool ByIdToken { get; }

    /// <summary>Told of every attempt that did not succeed: session id, result, detail.</summary>
    public Action<string, RefreshResult, string>? Failed { get; set; }

    public void Start() => _running = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        _synced.SessionChanged -= OnSessionChanged;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    /// <summary>Does all that is due now; the timer's work, and the tests' way to turn time.</summary>
    internal async Task RunDueAsync(CancellationToken cancellation)
    {
        List<Task> tasks = [];
        while (TakeDue() is { } entry)
        {
            tasks.Add(WorkAsync(entry, cancellation));
        }
        await Task.WhenAll(tasks).ConfigureAwait(false);
    }

    internal DateTimeOffset? NextDue(string sessionId)
    {
        lock (_gate)
        {
            return _entries.TryGetValue(sessionId, out RefreshEntry? entry) ? entry.Due : null;
        }
    }

    private async Task RunAsync()
    {
        using PeriodicTimer timer = new(Tick, _clock);
        while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
        {
            // Not awaited: a provider that hangs must not keep the others' sessions from being refreshed.
            while (TakeDue() is { } entry)
            {
                _ = WorkAsync(entry, _stop.Token);
            }
        }
    }

    private void OnSessionChanged(string id, SessionRecord? session)
    {
        lock (_gate)
        {
            if (session is null)
            {
                _entries.Remove(id);
                return;
            }
            if (!_entries.TryGetValue(id, out RefreshEntry? entry))
            {
                _entries[id] = entry = new RefreshEntry(id, _clock.GetUtcNow());
            }
            // A change of something else does not cut short the wait after a failure.
            bool waits = entry.Failures > 0 && entry.Latest?.OAuthToken == session.OAuthToken;
            if (!entry.Busy && !waits)
            {
                Schedule(entry, session);
            }
        }
    }

    private void Schedule(RefreshEntry entry, SessionRecord session)
    {
        DateTimeOffset due = entry.NextFor(session, ByIdToken);
        DateTimeOffset now = _clock.GetUtcNow();
        if (due < now && now < _startedAt + StartSpread)
        {
            // Many sessions may be overdue when the process starts: not all in one second.
            due = now + (StartSpread * Random.Shared.NextDouble());
        }
        Enqueue(entry, due);
    }

    private void Enqueue(RefreshEntry entry, DateTimeOffset due)
    {
        entry.Due = due;
        entry.Number = ++_number; // an earlier place in the queue no longer counts
        _due.Enqueue((entry, entry.Number), due);
    }

    private RefreshEntry? TakeDue()
    {
        lock (_gate)
        {
            DateTimeOffset now = _clock.GetUtcNow();
            while (
                _active < ParallelMax
                && _due.TryPeek(out (RefreshEntry Entry, long Number) first, out DateTimeOffset due)
                && due <= now
            )
            {
                _due.Dequeue();
                if (first.Entry.Number == first.Number && _entries.ContainsKey(first.Entry.SessionId))
                {
                    first.Entry.Busy = true;
                    _active++;
                    return first.Entry;
                }
            }
            return null;
        }
    }

    private async Task WorkAsync(RefreshEntry entry, CancellationToken cancellation)
    {
        await Task.Yield();
        RefreshOutcome outcome;
        try
        {
            if (!_synced.Sessions.TryGet(entry.SessionId, out Versioned<SessionRecord>? session))
            {
                Forget(entry);
                return;
            }
            outcome = await _renewal.RunAsync(entry, session.Record, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            outcome = new RefreshOutcome(RefreshResult.Temporary) { Detail = e.Message };
        }
        if (outcome.Result != RefreshResult.Succeeded)
        {
            Failed?.Invoke(entry.SessionId, outcome.Result, outcome.Detail);
        }
        Finish(entry, outcome);
    }

    /// <summary>The record left with a resync: nothing is known of it any more.</summary>
    private void Forget(RefreshEntry entry)
    {
        lock (_gate)
        {
            _active--;
            _entries.Remove(entry.SessionId);
        }
    }

    private void Finish(RefreshEntry entry, RefreshOutcome outcome)
    {
        lock (_gate)
        {
            _active--;
            entry.Busy = false;
            if (!_entries.ContainsKey(entry.SessionId))
            {
                return;
            }
            DateTimeOffset now = _clock.GetUtcNow();
            if (outcome.Result == RefreshResult.Temporary)
            {
                entry.Failures++;
                Enqueue(
                    entry,
                    now + RefreshPlan.RetryAfter(entry.Failures, outcome.RetryAfter, Random.Shared.NextDouble())
                );
                return;
            }
            entry.Failures = 0;
            if (outcome.Result == RefreshResult.Succeeded)
            {
                DateTimeOffset next = entry.NextFor(entry.Latest, ByIdToken);
                Enqueue(entry, next > now ? next : now + Tick);
            }
            else
            {
                _entries.Remove(entry.SessionId);
            }
        }
    }
}

/// <summary>What the refresher remembers of one session. Guarded by its lock, except while busy.</summary>
internal sealed class RefreshEntry(string sessionId, DateTimeOffset now)
{
    public string SessionId => sessionId;
    public DateTimeOffset Due { get; set; }
    public long Number { get; set; }
    public bool Busy { get; set; }
    public int Failures { get; set; }
    public DateTimeOffset LastRefresh { get; set; } = DateTimeOffset.MinValue;
    public DateTimeOffset LastUserInfo { get; set; } = now;

    /// <summary>The record as last seen or written.</summary>
    public SessionRecord? Latest { get; set; }

    public DateTimeOffset NextFor(SessionRecord? session, bool byIdToken)
    {
        Latest = session ?? Latest;
        if (Latest is not { } record)
        {
            return DateTimeOffset.MaxValue;
        }
        DateTimeOffset refresh = RefreshPlan.NextRefresh(record, LastRefresh, byIdToken);
        DateTimeOffset userInfo =
            record.OAuthToken is null || record.RefreshDisabled
                ? DateTimeOffset.MaxValue
                : LastUserInfo + RefreshPlan.UserInfoEvery;
        return refresh < userInfo ? refresh : userInfo;
    }
}
