namespace Pomerium.Fast.State.Storage.Memory;

/// <summary>Live records of one type, oldest version first in the list. Guarded by the backend's lock.</summary>
internal sealed class TypeTable
{
    private readonly Dictionary<string, LinkedListNode<StoredRecord>> _byId = new(StringComparer.Ordinal);
    private readonly LinkedList<StoredRecord> _byVersion = new();

    public TypeOptions Options { get; set; } = new();
    public int Count => _byId.Count;
    public StoredRecord? Oldest => _byVersion.First?.Value;
    public IEnumerable<StoredRecord> Records => _byVersion;

    public StoredRecord? Find(string id) =>
        _byId.TryGetValue(id, out LinkedListNode<StoredRecord>? at) ? at.Value : null;

    public void Set(StoredRecord record)
    {
        Remove(record.Id);
        _byId[record.Id] = _byVersion.AddLast(record);
    }

    public StoredRecord? Remove(string id)
    {
        if (!_byId.Remove(id, out LinkedListNode<StoredRecord>? at))
        {
            return null;
        }
        _byVersion.Remove(at);
        return at.Value;
    }
}
