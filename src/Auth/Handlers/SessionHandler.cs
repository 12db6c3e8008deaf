using System.Text;
using Pomerium.Fast.Auth.Credentials;
using Pomerium.Fast.Auth.Providers;
using Pomerium.Fast.Auth.Sessions;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Pipeline;

namespace Pomerium.Fast.Auth.Handlers;

/// <summary>
/// Who asks? Finds the credential, remembers that it was verified, and puts the session's view on the exchange, or
/// nothing. Never decides: public routes come through here too.
/// </summary>
public sealed class SessionHandler : IHandler
{
    private readonly SessionDirectory _sessions;
    private readonly HandleCodec _codec;
    private readonly InternalNeeds _needs;
    private readonly RouteProviderIds _providers;
    private readonly AuthNotices? _notices;
    private readonly bool _githubLogins;
    private readonly byte[] _routeCookie;
    private readonly byte[] _authenticateCookie;

    public SessionHandler(
        ConfigSnapshot snapshot,
        SessionDirectory sessions,
        InternalNeeds needs,
        RouteProviderIds providers,
        AuthNotices? notices = null
    )
    {
        _sessions = sessions;
        _codec = sessions.CodecFor(snapshot.Secrets.SharedSecret);
        _needs = needs;
        _providers = providers;
        _notices = notices;
        _githubLogins = string.Equals(snapshot.Identity.Provider.Name, "github", StringComparison.Ordinal);
        _routeCookie = Encoding.ASCII.GetBytes(snapshot.Identity.Cookie.Name);
        _authenticateCookie = Encoding.ASCII.GetBytes(snapshot.Identity.Cookie.Name + "_authenticate");
    }

    public Step Handle(Exchange exchange)
    {
        exchange.Loop.AssertCurrent();
        RequestHead head = exchange.Request;
        // The scheme is ours whether the token is good or not: no upstream ever sees it (routing 7.5).
        exchange.Edits.DropAuthorization = PresentedToken.TryPomeriumScheme(head, out _);
        InternalNeed need = _needs.Of(exchange);
        if (need == InternalNeed.Nothing)
        {
            return Step.Continue;
        }
        bool signInHost = need != InternalNeed.NotInternal && _needs.IsAuthenticateHost(head);
        KnownCredential? known = Find(exchange, signInHost ? _authenticateCookie : _routeCookie);
        if (known is null)
        {
            return Step.Continue;
        }
        switch (known.Resolve(_sessions.Synced, _githubLogins, exchange.Loop.UnixMs, out SessionView? view))
        {
            case Lookup.AskStore:
                StoreQuestion.Ask(this, exchange, known, signInHost);
                return Step.Pending;
            case Lookup.Found:
                Accept(exchange, known, view!, signInHost);
                return Step.Continue;
            default:
                return Step.Continue;
        }
    }

    /// <summary>The first credential that verifies (identity 3.2).</summary>
    private KnownCredential? Find(Exchange exchange, byte[] cookie)
    {
        ConnectionMemory? memory = (ConnectionMemory?)exchange.Downstream.AuthMemory;
        CredentialReader credentials = new(exchange.Request, cookie);
        while (credentials.MoveNext())
        {
            KnownCredential? known = memory?.Credential;
            if (known is null || !known.Raw.SequenceEqual(credentials.Value) || !ReferenceEquals(known.Codec, _codec))
            {
                known = FindInLoop(exchange, credentials.Value, credentials.Source);
                if (known is null)
                {
                    continue;
                }
                if (memory is null)
                {
                    exchange.Downstream.AuthMemory = memory = new ConnectionMemory();
                }
                memory.Credential = known;
            }
            if (credentials.Source == CredentialSource.Query)
            {
                exchange.Edits.CutSessionParameter = true;
                _notices?.QueryToken();
            }
            return known;
        }
        return null;
    }

    private KnownCredential? FindInLoop(Exchange exchange, ReadOnlySpan<byte> raw, CredentialSource source)
    {
        if (raw.Length > HandleCodec.LengthMax)
        {
            _notices?.BadHandle(source, HandleFault.TooLong);
            return null;
        }
        LoopSessions loop = _sessions.Of(exchange.Loop);
        if (loop.Find(raw, _codec) is { } known)
        {
            return known;
        }
        if (_codec.Verify(raw, out HandleFault fault) is { } handle)
        {
            return loop.Add(raw, handle, _codec);
        }
        _notices?.BadHandle(source, fault);
        return null;
    }

    /// <summary>A session counts only where its provider is the route's (identity 3.1, U-22).</summary>
    private void Accept(Exchange exchange, KnownCredential known, SessionView view, bool signInHost)
    {
        string wanted = _providers.Of(exchange);
        if (
            signInHost
            || (
                string.Equals(view.Session.ProviderId, wanted, StringComparison.Ordinal)
                && (
                    known.Handle.ProviderId.Length == 0
                    || string.Equals(known.Handle.ProviderId, wanted, StringComparison.Ordinal)
                )
            )
        )
        {
            exchange.Session = view;
        }
    }

    /// <summary>Continues an exchange when the store has answered, on its loop.</summary>
    internal void Continue(StoreQuestion question)
    {
        Exchange exchange = question.Exchange;
        if (question.Failed)
        {
            exchange.Session = SessionUnknown.Instance;
        }
        else
        {
            question.Known.Learn(question.Mark, question.Session, question.User, _githubLogins);
            if (question.Known.ViewAt(exchange.Loop.UnixMs) is { } view)
            {
                Accept(exchange, question.Known, view, question.SignInHost);
            }
        }
        exchange.Resume(Step.Continue);
    }

    internal SessionDirectory Sessions => _sessions;
}

/// <summary>Stands for a session of which nobody can say whether it exists, because the store cannot be asked.</summary>
internal sealed class SessionUnknown
{
    public static SessionUnknown Instance { get; } = new();
}
