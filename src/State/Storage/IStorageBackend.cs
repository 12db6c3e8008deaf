using System.Collections.Immutable;

namespace Pomerium.Fast.State.Storage;

/// <summary>
/// Where records live (state 11.1): memory, a file, Postgres or Redis. Thread-safe. Every backend keeps the guarantees
/// of state 4.4: versions grow in commit order, a write is seen by whoever reads after it, a sync has no gap, and a lost
/// history shows as another server version. A backend that cannot be reached throws
/// <see cref="Broker.StoreUnavailableException"/>.
/// </summary>
public interface IStorageBackend : IAsyncDisposable
{
    /// <summary>The live record, or null also when only a tombstone is left.</summary>
    ValueTask<StoredRecord?> GetAsync(string type, string id, CancellationToken cancellation);

    /// <summary>
    /// Applies all writes in order, each with its own version, then enforces the capacity of the touched types.
    /// Removing or only updating a missing record changes nothing and is left out of the answer.
    /// </summary>
    ValueTask<PutResult> PutAsync(ImmutableArray<RecordWrite> writes, CancellationToken cancellation);

    ValueTask<StoreVersions> GetVersionsAsync(CancellationToken cancellation);

    /// <summary>
    /// Versions fixed before reading, then every live record (of one type, or of all when <paramref name="type"/> is
    /// empty): a record may be newer than the versions say, so readers apply by version (state 4.1).
    /// </summary>
    ValueTask<LatestRecords> ReadLatestAsync(string type, CancellationToken cancellation);

    /// <summary>
    /// Every change after the position, in order, tombstones included; goes on as changes happen until cancelled.
    /// Throws <see cref="SyncAbortedException"/> when the position is not in this history (state 4.2).
    /// </summary>
    IAsyncEnumerable<StoredRecord> SyncAsync(
        ulong serverVersion,
        ulong recordVersion,
        string type,
        CancellationToken cancellation
    );

    ValueTask SetOptionsAsync(string type, TypeOptions options, CancellationToken cancellation);

    /// <summary>Forgets everything and begins a new history; running syncs are aborted.</summary>
    ValueTask ClearAsync(CancellationToken cancellation);
}

public sealed record PutResult(ulong ServerVersion, ImmutableArray<StoredRecord> Records);

public sealed record LatestRecords(StoreVersions Versions, IReadOnlyList<StoredRecord> Records);

/// <summary>The reader must begin again with the latest records.</summary>
public sealed class SyncAbortedException : Exception
{
    public SyncAbortedException() { }

    public SyncAbortedException(string message)
        : base(message) { }

    public SyncAbortedException(string message, Exception inner)
        : base(message, inner) { }

    internal static SyncAbortedException ServerVersion() => new("invalid server version");

    internal static SyncAbortedException RecordVersion() => new("invalid record version");
}
