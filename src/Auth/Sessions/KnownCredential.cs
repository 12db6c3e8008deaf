using Pomerium.Fast.Auth.Credentials;
using Pomerium.Fast.State.Broker;
using Pomerium.Fast.State.Records;
using Pomerium.Fast.State.Sync;

namespace Pomerium.Fast.Auth.Sessions;

internal enum Lookup : byte
{
    /// <summary>Signed in.</summary>
    Found,

    /// <summary>Certainly not signed in.</summary>
    None,

    /// <summary>Our copy may be behind what the handle has seen: only the store knows.</summary>
    AskStore,
}

/// <summary>
/// A credential whose signature was verified, and the session that it led to. The signature is never checked again; the
/// session is checked again whenever any record has changed. Belongs to one loop.
/// </summary>
internal sealed class KnownCredential(byte[] raw, SessionHandle handle, HandleCodec codec)
{
    private object? _checkedAt;
    private SessionView? _view;

    public ReadOnlySpan<byte> Raw => raw;
    public SessionHandle Handle => handle;

    /// <summary>Who verified it: another secret must verify it anew.</summary>
    public HandleCodec Codec => codec;

    /// <param name="githubLogins">Sessions of this configuration's provider may be named by login (identity 4.3).</param>
    public Lookup Resolve(SyncedRecords synced, bool githubLogins, long unixMs, out SessionView? view)
    {
        view = null;
        if (!handle.IsTimely(unixMs))
        {
            return Lookup.None;
        }
        object mark = synced.Mark; // before the records: a change in between is seen next time
        if (!ReferenceEquals(mark, _checkedAt))
        {
            if (Refresh(synced, githubLogins) == Lookup.AskStore)
            {
                return Lookup.AskStore;
            }
            _checkedAt = mark;
        }
        view = ViewAt(unixMs);
        return view is null ? Lookup.None : Lookup.Found;
    }

    /// <summary>What is known of the session, if it is still good at that time.</summary>
    public SessionView? ViewAt(long unixMs) => _view is { } view && unixMs < view.ValidUntilMs ? view : null;

    /// <summary>Takes what the store said; good until the next change that reaches our copy.</summary>
    public void Learn(object mark, Versioned<SessionRecord>? session, Versioned<UserRecord>? user, bool githubLogins)
    {
        _view = session is null ? null : ViewOf(session, user, githubLogins);
        _checkedAt = mark;
    }

    private Lookup Refresh(SyncedRecords synced, bool githubLogins)
    {
        RecordVersion position = synced.Position;
        bool behind =
            position.Server == 0
            || (
                handle.Version.Server != 0
                && (position.Server != handle.Version.Server || position.Record < handle.Version.Record)
            );
        if (!synced.Sessions.TryGet(handle.Id, out Versioned<SessionRecord>? session))
        {
            _view = null;
            return behind ? Lookup.AskStore : Lookup.None;
        }
        if (behind && position.Server == handle.Version.Server && session.Version < handle.Version.Record)
        {
            return Lookup.AskStore;
        }
        synced.Users.TryGet(session.Record.UserId, out Versioned<UserRecord>? user);
        if (_view is null || _view.SessionVersion != session.Version || _view.UserVersion != (user?.Version ?? 0))
        {
            _view = ViewOf(session, user, githubLogins);
        }
        return Lookup.Found;
    }

    private static SessionView ViewOf(
        Versioned<SessionRecord> session,
        Versioned<UserRecord>? user,
        bool githubLogins
    ) => new(session, user, githubLogins ? session.Record.Claims.Text("user") : "");
}
