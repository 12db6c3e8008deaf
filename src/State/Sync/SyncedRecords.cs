using System.Collections.Concurrent;
using Pomerium.Fast.State.Broker;
using Pomerium.Fast.State.Records;
using Pomerium.Fast.State.Storage;
using Pomerium.Fast.State.Wire;

namespace Pomerium.Fast.State.Sync;

/// <summary>
/// This process's copy of the records that requests need, decoded when they arrive and read by the loops without locks
/// (state 5.5). It may lag behind the store; <see cref="Position"/> says by how much.
/// </summary>
public sealed class SyncedRecords
{
    private PositionBox _position = new(default);

    public SyncedCollection<SessionRecord> Sessions { get; } = new();
    public SyncedCollection<UserRecord> Users { get; } = new();

    /// <summary>Everything up to here has been applied. Server 0: never synced.</summary>
    public RecordVersion Position => Volatile.Read(ref _position).Value;

    /// <summary>Changes with every applied change: what was decided at the same mark is still true.</summary>
    public object Mark => Volatile.Read(ref _position);

    /// <summary>Told after each applied session, on the syncer's thread: null record when it was deleted.</summary>
    public Action<string, SessionRecord?>? SessionChanged { get; set; }

    internal void ReplaceAll(LatestRecords latest)
    {
        ConcurrentDictionary<string, Versioned<SessionRecord>> sessions = new(StringComparer.Ordinal);
        ConcurrentDictionary<string, Versioned<UserRecord>> users = new(StringComparer.Ordinal);
        foreach (StoredRecord stored in latest.Records)
        {
            switch (stored.Type)
            {
                case SessionRecord.Type when TryDecode(stored, SessionEncoding.Decode) is { } session:
                    sessions[stored.Id] = session;
                    break;
                case UserRecord.Type when TryDecode(stored, UserEncoding.Decode) is { } user:
                    users[stored.Id] = user;
                    break;
                default:
                    break;
            }
        }
        Users.Replace(users);
        Sessions.Replace(sessions);
        Volatile.Write(
            ref _position,
            new PositionBox(new RecordVersion(latest.Versions.Server, latest.Versions.Latest))
        );
        foreach ((string id, Versioned<SessionRecord> session) in sessions)
        {
            SessionChanged?.Invoke(id, session.Record);
        }
    }

    internal void Apply(ulong serverVersion, StoredRecord stored)
    {
        SessionRecord? changed = null;
        switch (stored.Type)
        {
            case SessionRecord.Type:
                changed = ApplyTo(Sessions, stored, SessionEncoding.Decode);
                break;
            case UserRecord.Type:
                ApplyTo(Users, stored, UserEncoding.Decode);
                break;
            default:
                break;
        }
        Volatile.Write(ref _position, new PositionBox(new RecordVersion(serverVersion, stored.Version)));
        if (string.Equals(stored.Type, SessionRecord.Type, StringComparison.Ordinal))
        {
            SessionChanged?.Invoke(stored.Id, changed);
        }
    }

    private static T? ApplyTo<T>(SyncedCollection<T> collection, StoredRecord stored, Decode<T> decode)
        where T : class
    {
        // The first set may hold a newer state than its version says (state 4.1): newer wins.
        if (collection.TryGet(stored.Id, out Versioned<T>? present) && present.Version > stored.Version)
        {
            return present.Record;
        }
        if (stored.IsDeleted || TryDecode(stored, decode) is not { } decoded)
        {
            collection.Remove(stored.Id);
            return null;
        }
        collection.Set(stored.Id, decoded);
        return decoded.Record;
    }

    /// <summary>A record that cannot be read is skipped and never ends the sync (state 4.4, G8).</summary>
    private static Versioned<T>? TryDecode<T>(StoredRecord stored, Decode<T> decode)
    {
        try
        {
            return new Versioned<T>(stored.Version, decode(stored.Data.Span));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private delegate T Decode<out T>(ReadOnlySpan<byte> bytes);

    private sealed class PositionBox(RecordVersion value)
    {
        public RecordVersion Value { get; } = value;
    }
}
