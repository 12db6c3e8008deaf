namespace Pomerium.Fast.State.Storage.Memory;

/// <summary>
/// The changes of the last hour, by version (state 1.3): a ring indexed by version, since versions have no gaps here.
/// The newest entry always stays, so that the latest version survives. Guarded by the backend's lock.
/// </summary>
internal sealed class ChangeLog
{
    private StoredRecord?[] _ring = new StoredRecord?[64];
    private int _count;

    /// <summary>0 when empty.</summary>
    public ulong Earliest { get; private set; }
    public ulong Latest { get; private set; }

    public void Append(StoredRecord change)
    {
        if (_count == _ring.Length)
        {
            Grow();
        }
        Latest = change.Version;
        if (_count++ == 0)
        {
            Earliest = change.Version;
        }
        _ring[Slot(change.Version)] = change;
    }

    /// <summary>Copies changes after the version, as many as fit; returns their number.</summary>
    public int CopyAfter(ulong version, Span<StoredRecord> into)
    {
        int copied = 0;
        if (_count == 0)
        {
            return 0;
        }
        for (ulong at = Math.Max(version + 1, Earliest); at <= Latest && copied < into.Length; at++)
        {
            into[copied++] = _ring[Slot(at)]!;
        }
        return copied;
    }

    public void TrimBefore(DateTimeOffset limit)
    {
        while (_count > 1 && _ring[Slot(Earliest)] is { } oldest && oldest.ModifiedAt < limit)
        {
            _ring[Slot(Earliest)] = null;
            Earliest++;
            _count--;
        }
    }

    public void Clear()
    {
        Array.Clear(_ring);
        _count = 0;
        Earliest = Latest = 0;
    }

    private int Slot(ulong version) => (int)(version & (ulong)(_ring.Length - 1));

    private void Grow()
    {
        StoredRecord?[] old = _ring;
        int mask = old.Length - 1;
        _ring = new StoredRecord?[old.Length * 2];
        for (ulong at = Earliest; at <= Latest; at++)
        {
            _ring[Slot(at)] = old[(int)(at & (ulong)mask)];
        }
    }
}
