using System.Security.Cryptography;
using Pomerium.Fast.Auth.Credentials;
using Pomerium.Fast.State.Broker;
using Pomerium.Fast.State.Records;
using Pomerium.Fast.State.Sync;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Auth.Sessions;

/// <summary>
/// Where handlers find sessions: the synced copy first, the store for what the copy cannot know yet. One for the
/// process; configurations come and go.
/// </summary>
public sealed class SessionDirectory(SyncedRecords synced, IdentityStore store, TimeProvider clock)
{
    private const int LoopsMax = 1024;
    private const int QuestionsMax = 256;
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(10);

    private readonly LoopSessions?[] _loops = new LoopSessions?[LoopsMax];
    private int _questions;

    private readonly Lock _gate = new();
    private HandleCodec? _codec;
    private ReadOnlyMemory<byte> _secret;

    internal SyncedRecords Synced => synced;

    /// <summary>The same codec as long as the secret is the same, so that a reload forgets no verified credential.</summary>
    public HandleCodec CodecFor(ReadOnlyMemory<byte> sharedSecret)
    {
        lock (_gate)
        {
            if (_codec is null || !CryptographicOperations.FixedTimeEquals(_secret.Span, sharedSecret.Span))
            {
                _secret = sharedSecret;
                _codec = new HandleCodec(sharedSecret);
            }
            return _codec;
        }
    }

    internal LoopSessions Of(Loop loop)
    {
        loop.AssertCurrent();
        return _loops[loop.Index] ??= new LoopSessions();
    }

    /// <summary>
    /// Asks the store for a session and its user. An unreachable, slow or overburdened store throws
    /// <see cref="StoreUnavailableException"/>: it never means "not signed in".
    /// </summary>
    internal async Task<(Versioned<SessionRecord>? Session, Versioned<UserRecord>? User)> AskStoreAsync(string id)
    {
        if (Interlocked.Increment(ref _questions) > QuestionsMax)
        {
            Interlocked.Decrement(ref _questions);
            throw new StoreUnavailableException("too many questions to the session store at once");
        }
        try
        {
            using CancellationTokenSource timeout = new(StoreTimeout, clock);
            Versioned<SessionRecord>? session = await store.ReadSessionAsync(id, timeout.Token).ConfigureAwait(false);
            Versioned<UserRecord>? user = session is null
                ? null
                : await store.ReadUserAsync(session.Record.UserId, timeout.Token).ConfigureAwait(false);
            return (session, user);
        }
        catch (OperationCanceledException e)
        {
            throw new StoreUnavailableException("the session store did not answer in time", e);
        }
        finally
        {
            Interlocked.Decrement(ref _questions);
        }
    }
}
