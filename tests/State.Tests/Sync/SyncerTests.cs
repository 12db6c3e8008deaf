using Pomerium.Fast.State.Broker;
using Pomerium.Fast.State.Records;
using Pomerium.Fast.State.Storage;
using Pomerium.Fast.State.Storage.Memory;
using Pomerium.Fast.State.Sync;

namespace Pomerium.Fast.State.Tests.Sync;

public sealed class SyncerTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly MemoryBackend _backend = new(TimeProvider.System);
    private readonly IdentityStore _store;
    private readonly SyncedRecords _records = new();
    private readonly Syncer _syncer;

    public SyncerTests()
    {
        _store = new IdentityStore(_backend);
        _syncer = new Syncer(_backend, _records, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _syncer.DisposeAsync();
        await _backend.DisposeAsync();
    }

    [Fact]
    public async Task What_was_there_before_is_there_when_ready()
    {
        await _store.PutSessionAsync(Samples.Session("s"), default);
        RecordVersion version = await _store.PutUserAsync(new UserRecord { Id = "u", Email = "e" }, default);
        _syncer.Start();
        await _syncer.Ready.WaitAsync(Patience);
        Assert.True(_records.Sessions.TryGet("s", out Versioned<SessionRecord>? session));
        Assert.Equal(1UL, session.Version);
        Assert.True(_records.Users.TryGet("u", out Versioned<UserRecord>? user));
        Assert.Equal("e", user.Record.Email);
        Assert.Equal(version, _records.Position);
    }

    [Fact]
    public async Task Changes_and_deletions_follow_and_move_the_mark()
    {
        _syncer.Start();
        await _syncer.Ready.WaitAsync(Patience);
        object before = _records.Mark;
        await UntilAsync(_store.PutSessionAsync(Samples.Session("s"), default));
        Assert.True(_records.Sessions.TryGet("s", out _));
        Assert.NotSame(before, _records.Mark);
        await _store.DeleteSessionAsync("s", default);
        await UntilAsync(_store.PutUserAsync(new UserRecord { Id = "u" }, default));
        Assert.False(_records.Sessions.TryGet("s", out _));
    }

    [Fact]
    public async Task A_cleared_store_is_synced_anew()
    {
        await _store.PutSessionAsync(Samples.Session("s"), default);
        _syncer.Start();
        await _syncer.Ready.WaitAsync(Patience);
        await _backend.ClearAsync(default);
        await UntilAsync(_store.PutSessionAsync(Samples.Session("t"), default));
        Assert.False(_records.Sessions.TryGet("s", out _));
        Assert.True(_records.Sessions.TryGet("t", out _));
    }

    [Fact]
    public void A_record_that_cannot_be_read_is_skipped_and_the_position_moves_on()
    {
        _records.ReplaceAll(new LatestRecords(new StoreVersions(7, 1, 1), []));
        StoredRecord broken = new(SessionRecord.Type, "s", 2, new byte[] { 0x16 }, Samples.Now, null);
        _records.Apply(7, broken);
        Assert.False(_records.Sessions.TryGet("s", out _));
        Assert.Equal(new RecordVersion(7, 2), _records.Position);
    }

    [Fact]
    public async Task A_newer_state_is_not_overwritten_by_an_older_change()
    {
        await _store.PutUserAsync(new UserRecord { Id = "u", Name = "old" }, default);
        StoredRecord old = (await _backend.GetAsync(UserRecord.Type, "u", default))!;
        await _store.PutUserAsync(new UserRecord { Id = "u", Name = "new" }, default);
        LatestRecords latest = await _backend.ReadLatestAsync("", default);
        _records.ReplaceAll(latest with { Versions = latest.Versions with { Latest = 0 } });
        _records.Apply(latest.Versions.Server, old);
        Assert.True(_records.Users.TryGet("u", out Versioned<UserRecord>? user));
        Assert.Equal("new", user.Record.Name);
    }

    private async Task UntilAsync(ValueTask<RecordVersion> write)
    {
        RecordVersion wanted = await write;
        using CancellationTokenSource patience = new(Patience);
        while (_records.Position.Server != wanted.Server || _records.Position.Record < wanted.Record)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
