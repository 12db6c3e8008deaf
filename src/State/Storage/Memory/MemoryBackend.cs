using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Pomerium.Fast.State.Storage.Memory;

/// <summary>
/// Records in this process (state 11.2): gone with it, which readers notice by the random server version. One lock;
/// nobody on a loop ever takes it.
/// </summary>
public sealed class MemoryBackend : IStorageBackend
{
    private const int SyncBatch = 256;
    private static readonly TimeSpan LogAge = TimeSpan.FromHours(1);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly ITimer _sweep;
    private readonly Dictionary<string, TypeTable> _types = new(StringComparer.Ordinal);
    private readonly ChangeLog _log = new();
    private TaskCompletionSource _changed = NewSignal();
    private ulong _serverVersion = NewServerVersion();
    private ulong _version;

    public MemoryBackend(TimeProvider clock)
    {
        _clock = clock;
        _sweep = clock.CreateTimer(static s => ((MemoryBackend)s!).Sweep(), this, SweepEvery, SweepEvery);
    }

    public ValueTask<StoredRecord?> GetAsync(string type, string id, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return new(_types.TryGetValue(type, out TypeTable? table) ? table.Find(id) : null);
        }
    }

    public ValueTask<PutResult> PutAsync(ImmutableArray<RecordWrite> writes, CancellationToken cancellation)
    {
        ImmutableArray<StoredRecord>.Builder done = ImmutableArray.CreateBuilder<StoredRecord>(writes.Length);
        lock (_gate)
        {
            foreach (RecordWrite write in writes)
            {
                if (Apply(write) is { } record)
                {
                    done.Add(record);
                }
            }
            foreach (string type in writes.Select(static w => w.Type).Distinct(StringComparer.Ordinal))
            {
                EnforceCapacity(Table(type));
            }
            Announce();
            return new(new PutResult(_serverVersion, done.ToImmutable()));
        }
    }

    public ValueTask<StoreVersions> GetVersionsAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            return new(Versions);
        }
    }

    public ValueTask<LatestRecords> ReadLatestAsync(string type, CancellationToken cancellation)
    {
        lock (_gate)
        {
            List<StoredRecord> records = [];
            foreach ((string name, TypeTable table) in _types)
            {
                if (type.Length == 0 || string.Equals(name, type, StringComparison.Ordinal))
                {
                    records.AddRange(table.Records);
                }
            }
            return new(new LatestRecords(Versions, records));
        }
    }

    public async IAsyncEnumerable<StoredRecord> SyncAsync(
        ulong serverVersion,
        ulong recordVersion,
        string type,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        StoredRecord[] batch = new StoredRecord[SyncBatch];
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            int count;
            Task changed;
            lock (_gate)
            {
                changed = _changed.Task; // taken before the log is read: no change can slip in between (state 4.2)
                CheckPosition(serverVersion, recordVersion);
                count = _log.CopyAfter(recordVersion, batch);
            }
            for (int i = 0; i < count; i++)
            {
                recordVersion = batch[i].Version;
                if (type.Length == 0 || string.Equals(batch[i].Type, type, StringComparison.Ordinal))
                {
                    yield return batch[i];
                }
            }
            if (count == 0)
            {
                await changed.WaitAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    public ValueTask SetOptionsAsync(string type, TypeOptions options, CancellationToken cancellation)
    {
        lock (_gate)
        {
            TypeTable table = Table(type);
            table.Options = options;
            EnforceCapacity(table);
            Announce();
        }
        return default;
    }

    public ValueTask ClearAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            _types.Clear();
            _log.Clear();
            _version = 0;
            _serverVersion = NewServerVersion();
            Announce();
        }
        return default;
    }

    public ValueTask DisposeAsync() => _sweep.DisposeAsync();

    /// <summary>Removes what is past its type's time to live, and log entries older than an hour.</summary>
    private void Sweep()
    {
        DateTimeOffset now = _clock.GetUtcNow();
        lock (_gate)
        {
            foreach (TypeTable table in _types.Values)
            {
                while (
                    table.Options.TimeToLive is { } life
                    && table.Oldest is { } oldest
                    && oldest.ModifiedAt + life <= now
                )
                {
                    Apply(new RecordWrite(oldest.Type, oldest.Id, default, Delete: true));
                }
            }
            _log.TrimBefore(now - LogAge);
            Announce();
        }
    }

    private StoreVersions Versions => new(_serverVersion, _log.Earliest, _version);

    private void CheckPosition(ulong serverVersion, ulong recordVersion)
    {
        if (serverVersion != _serverVersion)
        {
            throw SyncAbortedException.ServerVersion();
        }
        if (_log.Earliest > 0 && recordVersion + 1 < _log.Earliest)
        {
            throw SyncAbortedException.RecordVersion();
        }
    }

    private StoredRecord? Apply(RecordWrite write)
    {
        TypeTable table = Table(write.Type);
        StoredRecord? previous = table.Find(write.Id);
        if ((write.Delete || write.OnlyIfLive) && previous is null)
        {
            return null;
        }
        DateTimeOffset now = _clock.GetUtcNow();
        // A tombstone keeps the previous data: sign-out may want to know what ended (identity 3.5).
        StoredRecord record = new(
            write.Type,
            write.Id,
            ++_version,
            write.Delete ? previous!.Data : write.Data,
            now,
            write.Delete ? now : null
        );
        if (write.Delete)
        {
            table.Remove(write.Id);
        }
        else
        {
            table.Set(record);
        }
        _log.Append(record);
        return record;
    }

    private void EnforceCapacity(TypeTable table)
    {
        while (table.Options.Capacity is { } capacity && table.Count > capacity && table.Oldest is { } oldest)
        {
            Apply(new RecordWrite(oldest.Type, oldest.Id, default, Delete: true));
        }
    }

    private TypeTable Table(string type)
    {
        if (!_types.TryGetValue(type, out TypeTable? table))
        {
            _types[type] = table = new TypeTable();
        }
        return table;
    }

    private void Announce()
    {
        TaskCompletionSource previous = _changed;
        _changed = NewSignal();
        previous.SetResult();
    }

    // Readers continue elsewhere, not inside the writer's lock.
    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static ulong NewServerVersion()
    {
        Span<byte> bytes = stackalloc byte[8];
        ulong version;
        do
        {
            RandomNumberGenerator.Fill(bytes);
            version = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        } while (version == 0); // 0 means "never synced" (state 1.2)
        return version;
    }
}
