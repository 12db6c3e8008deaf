using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.State.Broker;

/// <summary>A position in one history of the store (state 1.2); travels in the session handle for read-your-writes.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
public readonly record struct RecordVersion(ulong Server, ulong Record);

/// <summary>
/// Sessions and users for the control plane: sign-in writes, refresh changes, sign-out deletes. Loops never call it;
/// they read the synced view. Thread-safe. An unreachable backend throws <see cref="StoreUnavailableException"/>.
/// </summary>
public interface IIdentityStore
{
    ValueTask<SessionRecord?> GetSessionAsync(string id, CancellationToken cancellation);
    ValueTask<RecordVersion> PutSessionAsync(SessionRecord session, CancellationToken cancellation);

    /// <summary>Leaves a tombstone; not an error when there is no such session.</summary>
    ValueTask DeleteSessionAsync(string id, CancellationToken cancellation);
    ValueTask<UserRecord?> GetUserAsync(string id, CancellationToken cancellation);
    ValueTask<RecordVersion> PutUserAsync(UserRecord user, CancellationToken cancellation);

    /// <summary>Every session now stored; for the identity refresher's start.</summary>
    IAsyncEnumerable<SessionRecord> ListSessionsAsync(CancellationToken cancellation);
}

/// <summary>The backend could not be asked: never to be read as "no such session" (identity 3.3).</summary>
public sealed class StoreUnavailableException : Exception
{
    public StoreUnavailableException()
        : base("the session store is unavailable") { }

    public StoreUnavailableException(string message)
        : base(message) { }

    public StoreUnavailableException(string message, Exception inner)
        : base(message, inner) { }
}
