using System.Collections.Immutable;
using Pomerium.Fast.State.Broker;
using Pomerium.Fast.State.Storage;

namespace Pomerium.Fast.Auth.Tests.Handlers;

/// <summary>A store that nobody reaches.</summary>
internal sealed class BrokenBackend : IStorageBackend
{
    public ValueTask<StoredRecord?> GetAsync(string type, string id, CancellationToken cancellation) =>
        throw new StoreUnavailableException();

    public ValueTask<PutResult> PutAsync(ImmutableArray<RecordWrite> writes, CancellationToken cancellation) =>
        throw new StoreUnavailableException();

    public ValueTask<StoreVersions> GetVersionsAsync(CancellationToken cancellation) =>
        throw new StoreUnavailableException();

    public ValueTask<LatestRecords> ReadLatestAsync(string type, CancellationToken cancellation) =>
        throw new StoreUnavailableException();

    public IAsyncEnumerable<StoredRecord> SyncAsync(
        ulong serverVersion,
        ulong recordVersion,
        string type,
        CancellationToken cancellation
    ) => throw new StoreUnavailableException();

    public ValueTask SetOptionsAsync(string type, TypeOptions options, CancellationToken cancellation) =>
        throw new StoreUnavailableException();

    public ValueTask ClearAsync(CancellationToken cancellation) => throw new StoreUnavailableException();

    public ValueTask DisposeAsync() => default;
}
