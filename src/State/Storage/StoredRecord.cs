namespace Pomerium.Fast.State.Storage;

/// <summary>A record as backends keep it (state 1.1). Immutable; its bytes are shared by everyone who reads it.</summary>
/// <param name="Version">Position in the history of all types.</param>
/// <param name="Data">The encoded payload; of a tombstone, that of the last live record.</param>
/// <param name="DeletedAt">Set on tombstones.</param>
public sealed record StoredRecord(
    string Type,
    string Id,
    ulong Version,
    ReadOnlyMemory<byte> Data,
    DateTimeOffset ModifiedAt,
    DateTimeOffset? DeletedAt
)
{
    public bool IsDeleted => DeletedAt is not null;
}

/// <summary>A wish to write or, with <see cref="Delete"/>, to remove; the backend gives version and time.</summary>
/// <param name="OnlyIfLive">Skipped when there is no such record: an update must not bring back what was deleted.</param>
public readonly record struct RecordWrite(
    string Type,
    string Id,
    ReadOnlyMemory<byte> Data,
    bool Delete = false,
    bool OnlyIfLive = false
);

/// <summary>One history and its newest position (state 1.2). Server 0 means never synced.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
public readonly record struct StoreVersions(ulong Server, ulong Earliest, ulong Latest);

/// <summary>How a type is bounded (state 1.3, 3.2). Both null: unbounded.</summary>
public sealed record TypeOptions(int? Capacity = null, TimeSpan? TimeToLive = null);
