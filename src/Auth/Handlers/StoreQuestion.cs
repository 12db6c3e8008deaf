using Pomerium.Fast.Auth.Sessions;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.State.Broker;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Handlers;

/// <summary>One question to the store on behalf of a waiting exchange: asked off the loop, answered on it.</summary>
internal sealed class StoreQuestion
{
    private readonly SessionHandler _handler;

    private StoreQuestion(SessionHandler handler, Exchange exchange, KnownCredential known, bool signInHost)
    {
        _handler = handler;
        Exchange = exchange;
        Known = known;
        SignInHost = signInHost;
        Mark = handler.Sessions.Synced.Mark;
    }

    public Exchange Exchange { get; }
    public KnownCredential Known { get; }
    public bool SignInHost { get; }

    /// <summary>State of the synced copy when the question was asked.</summary>
    public object Mark { get; }
    public bool Failed { get; private set; }
    public Versioned<SessionRecord>? Session { get; private set; }
    public Versioned<UserRecord>? User { get; private set; }

    public static void Ask(SessionHandler handler, Exchange exchange, KnownCredential known, bool signInHost)
    {
        StoreQuestion question = new(handler, exchange, known, signInHost);
        ThreadPool.UnsafeQueueUserWorkItem(static q => _ = q.RunAsync(), question, preferLocal: false);
    }

    private async Task RunAsync()
    {
        try
        {
            (Session, User) = await _handler.Sessions.AskStoreAsync(Known.Handle.Id).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever went wrong, the exchange must go on, and not as "not signed in" (identity 3.3).
            Failed = true;
        }
        Exchange.Loop.Post(static q => ((StoreQuestion)q!)._handler.Continue((StoreQuestion)q), this);
    }
}
