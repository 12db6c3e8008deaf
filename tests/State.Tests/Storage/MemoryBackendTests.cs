using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Pomerium.Fast.State.Storage;
using Pomerium.Fast.State.Storage.Memory;

namespace Pomerium.Fast.State.Tests.Storage;

/// <summary>The guarantees of state 1, 3 and 4.4; later backends pass the same.</summary>
public sealed class MemoryBackendTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly MemoryBackend _backend;

    public MemoryBackendTests() => _backend = new MemoryBackend(_clock);

    public ValueTask DisposeAsync() => _backend.DisposeAsync();

    [Fact]
    public async Task A_missing_record_is_null() => Assert.Null(await _backend.GetAsync("t", "a", default));

    [Fact]
    public async Task A_write_is_read_by_whoever_reads_after_it()
    {
        PutResult put = await PutAsync("t", "a", "one");
        StoredRecord? read = await _backend.GetAsync("t", "a", default);
        Assert.Equal(put.Records[0], read);
        Assert.Equal("one", TextOf(read!));
        Assert.Equal(_clock.GetUtcNow(), read!.ModifiedAt);
    }

    [Fact]
    public async Task Versions_grow_over_all_types_and_begin_with_one()
    {
        ulong[] versions =
        [
            (await PutAsync("t", "a", "1")).Records[0].Version,
            (await PutAsync("u", "a", "2")).Records[0].Version,
            (await PutAsync("t", "a", "3")).Records[0].Version,
        ];
        Assert.Equal([1UL, 2, 3], versions);
        StoreVersions now = await _backend.GetVersionsAsync(default);
        Assert.Equal((1UL, 3UL), (now.Earliest, now.Latest));
        Assert.NotEqual(0UL, now.Server);
    }

    [Fact]
    public async Task A_delete_leaves_a_tombstone_with_the_previous_data()
    {
        await PutAsync("t", "a", "one");
        StoredRecord tombstone = (await DeleteAsync("t", "a")).Records[0];
        Assert.True(tombstone.IsDeleted);
        Assert.Equal("one", TextOf(tombstone));
        Assert.Equal(2UL, tombstone.Version);
        Assert.Null(await _backend.GetAsync("t", "a", default));
    }

    [Fact]
    public async Task Deleting_or_updating_a_missing_record_changes_nothing()
    {
        Assert.Empty((await DeleteAsync("t", "a")).Records);
        RecordWrite update = new("t", "a", "x"u8.ToArray(), OnlyIfLive: true);
        Assert.Empty((await _backend.PutAsync([update], default)).Records);
        Assert.Equal(0UL, (await _backend.GetVersionsAsync(default)).Latest);
    }

    [Fact]
    public async Task Capacity_keeps_the_newest_and_leaves_tombstones()
    {
        await _backend.SetOptionsAsync("t", new TypeOptions(Capacity: 2), default);
        await PutAsync("t", "a", "1");
        await PutAsync("t", "b", "2");
        await PutAsync("t", "a", "3");
        await PutAsync("t", "c", "4");
        Assert.Equal(["a", "c"], (await LatestAsync("t")).Select(static r => r.Id));
        Assert.Equal(["a", "b", "a", "c", "-b"], await ChangesAsync("", 0, 5));
    }

    [Fact]
    public async Task A_time_to_live_ends_by_the_sweep_and_begins_again_with_each_write()
    {
        await _backend.SetOptionsAsync("t", new TypeOptions(TimeToLive: TimeSpan.FromMinutes(15)), default);
        await PutAsync("t", "old", "1");
        await PutAsync("t", "fresh", "2");
        _clock.Advance(TimeSpan.FromMinutes(10));
        await PutAsync("t", "fresh", "3");
        _clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(["fresh"], (await LatestAsync("t")).Select(static r => r.Id));
    }

    [Fact]
    public async Task The_log_keeps_an_hour_and_always_the_newest_entry()
    {
        await PutAsync("t", "a", "1");
        await PutAsync("t", "b", "2");
        _clock.Advance(TimeSpan.FromHours(2));
        StoreVersions now = await _backend.GetVersionsAsync(default);
        Assert.Equal((2UL, 2UL), (now.Earliest, now.Latest));
        Assert.Equal(2, (await LatestAsync("t")).Count);
    }

    [Fact]
    public async Task A_sync_sends_every_change_in_order_and_goes_on()
    {
        await PutAsync("t", "a", "1");
        await using IAsyncEnumerator<StoredRecord> sync = await SyncAsync("", 0);
        Assert.Equal("a", await NextAsync(sync));
        ValueTask<bool> waiting = sync.MoveNextAsync();
        Assert.False(waiting.IsCompleted);
        await PutAsync("t", "b", "2");
        Assert.True(await waiting);
        Assert.Equal("b", sync.Current.Id);
        await DeleteAsync("t", "a");
        Assert.Equal("-a", await NextAsync(sync));
    }

    [Fact]
    public async Task A_typed_sync_leaves_other_types_out()
    {
        await PutAsync("u", "x", "1");
        await PutAsync("t", "a", "2");
        Assert.Equal(["a"], await ChangesAsync("t", 0, 1));
    }

    [Fact]
    public async Task A_sync_longer_than_the_ring_and_a_batch_has_no_gap()
    {
        for (int i = 0; i < 1000; i++)
        {
            await PutAsync("t", "r" + i, "x");
        }
        await using IAsyncEnumerator<StoredRecord> sync = await SyncAsync("", 10);
        for (ulong version = 11; version <= 1000; version++)
        {
            Assert.True(await sync.MoveNextAsync());
            Assert.Equal(version, sync.Current.Version);
        }
    }

    [Fact]
    public async Task A_position_of_another_history_is_aborted()
    {
        await PutAsync("t", "a", "1");
        SyncAbortedException e = await Assert.ThrowsAsync<SyncAbortedException>(() =>
            _backend.SyncAsync(12345, 0, "", default).GetAsyncEnumerator().MoveNextAsync().AsTask()
        );
        Assert.Equal("invalid server version", e.Message);
    }

    [Fact]
    public async Task A_position_older_than_the_log_is_aborted()
    {
        await PutAsync("t", "a", "1");
        await PutAsync("t", "b", "2");
        await PutAsync("t", "c", "3");
        _clock.Advance(TimeSpan.FromHours(2));
        await using IAsyncEnumerator<StoredRecord> sync = await SyncAsync("", 1);
        SyncAbortedException e = await Assert.ThrowsAsync<SyncAbortedException>(() => sync.MoveNextAsync().AsTask());
        Assert.Equal("invalid record version", e.Message);
        await using IAsyncEnumerator<StoredRecord> justInTime = await SyncAsync("", 2);
        Assert.Equal("c", await NextAsync(justInTime));
    }

    [Fact]
    public async Task Clearing_begins_another_history_and_ends_syncs()
    {
        await PutAsync("t", "a", "1");
        ulong before = (await _backend.GetVersionsAsync(default)).Server;
        await using IAsyncEnumerator<StoredRecord> sync = await SyncAsync("", 1);
        ValueTask<bool> waiting = sync.MoveNextAsync();
        await _backend.ClearAsync(default);
        await Assert.ThrowsAsync<SyncAbortedException>(() => waiting.AsTask());
        StoreVersions after = await _backend.GetVersionsAsync(default);
        Assert.NotEqual(before, after.Server);
        Assert.Equal(0UL, after.Latest);
        Assert.Empty(await LatestAsync(""));
    }

    [Fact]
    public async Task Many_writers_make_one_gapless_history()
    {
        await using IAsyncEnumerator<StoredRecord> sync = await SyncAsync("", 0);
        Task[] writers =
        [
            .. Enumerable
                .Range(0, 8)
                .Select(w =>
                    Task.Run(async () =>
                    {
                        for (int i = 0; i < 100; i++)
                        {
                            await PutAsync("t", $"{w}-{i}", "x");
                        }
                    })
                ),
        ];
        for (ulong version = 1; version <= 800; version++)
        {
            Assert.True(await sync.MoveNextAsync());
            Assert.Equal(version, sync.Current.Version);
        }
        await Task.WhenAll(writers);
    }

    private async Task<IAsyncEnumerator<StoredRecord>> SyncAsync(string type, ulong from) =>
        _backend.SyncAsync((await _backend.GetVersionsAsync(default)).Server, from, type, default).GetAsyncEnumerator();

    private async Task<List<string>> ChangesAsync(string type, ulong from, int count)
    {
        await using IAsyncEnumerator<StoredRecord> sync = await SyncAsync(type, from);
        List<string> changes = [];
        for (int i = 0; i < count; i++)
        {
            changes.Add(await NextAsync(sync));
        }
        return changes;
    }

    private static async Task<string> NextAsync(IAsyncEnumerator<StoredRecord> sync)
    {
        Assert.True(await sync.MoveNextAsync());
        return (sync.Current.IsDeleted ? "-" : "") + sync.Current.Id;
    }

    private async Task<IReadOnlyList<StoredRecord>> LatestAsync(string type) =>
        (await _backend.ReadLatestAsync(type, default)).Records;

    private async Task<PutResult> PutAsync(string type, string id, string text) =>
        await _backend.PutAsync([new RecordWrite(type, id, Encoding.UTF8.GetBytes(text))], default);

    private async Task<PutResult> DeleteAsync(string type, string id) =>
        await _backend.PutAsync([new RecordWrite(type, id, default, Delete: true)], default);

    private static string TextOf(StoredRecord record) => Encoding.UTF8.GetString(record.Data.Span);
}
