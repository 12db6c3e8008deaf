using System.Runtime.CompilerServices;
using Pomerium.Fast.State.Records;
using Pomerium.Fast.State.Storage;
using Pomerium.Fast.State.Wire;

namespace Pomerium.Fast.State.Broker;

/// <summary>Sessions and users over any backend. Thread-safe.</summary>
public sealed class IdentityStore(IStorageBackend backend) : IIdentityStore
{
    public async ValueTask<SessionRecord?> GetSessionAsync(string id, CancellationToken cancellation) =>
        await ReadSessionAsync(id, cancellation).ConfigureAwait(false) is { } found ? found.Record : null;

    public async ValueTask<UserRecord?> GetUserAsync(string id, CancellationToken cancellation) =>
        await ReadUserAsync(id, cancellation).ConfigureAwait(false) is { } found ? found.Record : null;

    /// <summary>With its version, for readers that keep what they read.</summary>
    public async ValueTask<Versioned<SessionRecord>?> ReadSessionAsync(string id, CancellationToken cancellation) =>
        await backend.GetAsync(SessionRecord.Type, id, cancellation).ConfigureAwait(false) is { } stored
            ? new Versioned<SessionRecord>(stored.Version, SessionEncoding.Decode(stored.Data.Span))
            : null;

    /// <summary>With its version, for readers that keep what they read.</summary>
    public async ValueTask<Versioned<UserRecord>?> ReadUserAsync(string id, CancellationToken cancellation) =>
        await backend.GetAsync(UserRecord.Type, id, cancellation).ConfigureAwait(false) is { } stored
            ? new Versioned<UserRecord>(stored.Version, UserEncoding.Decode(stored.Data.Span))
            : null;

    public ValueTask<RecordVersion> PutSessionAsync(SessionRecord session, CancellationToken cancellation) =>
        PutAsync(new(SessionRecord.Type, session.Id, SessionEncoding.Encode(session)), cancellation);

    public ValueTask<RecordVersion> PutUserAsync(UserRecord user, CancellationToken cancellation) =>
        PutAsync(new(UserRecord.Type, user.Id, UserEncoding.Encode(user)), cancellation);

    /// <summary>Replaces a session that is still there; false when it is not, and then nothing is written.</summary>
    public async ValueTask<bool> UpdateSessionAsync(SessionRecord session, CancellationToken cancellation)
    {
        RecordWrite write = new(SessionRecord.Type, session.Id, SessionEncoding.Encode(session), OnlyIfLive: true);
        PutResult result = await backend.PutAsync([write], cancellation).ConfigureAwait(false);
        return result.Records.Length > 0;
    }

    public async ValueTask DeleteSessionAsync(string id, CancellationToken cancellation) =>
        await backend
            .PutAsync([new RecordWrite(SessionRecord.Type, id, default, Delete: true)], cancellation)
            .ConfigureAwait(false);

    public async IAsyncEnumerable<SessionRecord> ListSessionsAsync(
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        LatestRecords latest = await backend.ReadLatestAsync(SessionRecord.Type, cancellation).ConfigureAwait(false);
        foreach (StoredRecord stored in latest.Records)
        {
            yield return SessionEncoding.Decode(stored.Data.Span);
        }
    }

    private async ValueTask<RecordVersion> PutAsync(RecordWrite write, CancellationToken cancellation)
    {
        PutResult result = await backend.PutAsync([write], cancellation).ConfigureAwait(false);
        return new RecordVersion(result.ServerVersion, result.Records[0].Version);
    }
}

/// <summary>A decoded record and the position at which it was written.</summary>
public sealed record Versioned<T>(ulong Version, T Record);
