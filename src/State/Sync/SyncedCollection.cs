using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Pomerium.Fast.State.Broker;

namespace Pomerium.Fast.State.Sync;

/// <summary>Decoded records of one type. One writer, the syncer; any number of readers, without locks.</summary>
public sealed class SyncedCollection<T>
{
    private ConcurrentDictionary<string, Versioned<T>> _records = new(StringComparer.Ordinal);

    public int Count => Volatile.Read(ref _records).Count;

    public bool TryGet(string id, [NotNullWhen(true)] out Versioned<T>? record) =>
        Volatile.Read(ref _records).TryGetValue(id, out record);

    public IEnumerable<Versioned<T>> All => Volatile.Read(ref _records).Select(static r => r.Value);

    internal void Replace(ConcurrentDictionary<string, Versioned<T>> records) => Volatile.Write(ref _records, records);

    internal void Set(string id, Versioned<T> record) => _records[id] = record;

    internal bool Remove(string id) => _records.TryRemove(id, out _);
}
