using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Routing;

namespace Pomerium.Fast.Auth.Handlers;

/// <summary>What a path of our own needs before the control plane answers it (identity 1).</summary>
public enum InternalNeed : byte
{
    /// <summary>Not a path of ours: it belongs to the routes.</summary>
    NotInternal,

    /// <summary>Answers the same to everybody, or reads what it needs itself.</summary>
    Nothing,

    /// <summary>Shows the session when there is one.</summary>
    SessionIfAny,

    /// <summary>Only for who is signed in.</summary>
    Session,
}

/// <summary>Which of our own paths need a session; that they are ours, the pipeline has decided before.</summary>
public sealed class InternalNeeds(ConfigSnapshot snapshot)
{
    private readonly AuthenticateHosts _authenticate = new(snapshot);
    private readonly bool _jwtEndpoint = snapshot.Flag("pomerium_jwt_endpoint");
    private readonly bool _portal = snapshot.Flag("routes_portal");

    public InternalNeed Of(Exchange exchange)
    {
        if (!exchange.IsInternal)
        {
            return InternalNeed.NotInternal;
        }
        ReadOnlySpan<byte> path = exchange.Request.Path;
        return path.StartsWith("/.pomerium/"u8) ? OfPomerium(path[10..]) : InternalNeed.Nothing;
    }

    /// <summary>The host of the sign-in endpoints, whose session cookie has a name of its own (identity 2.7).</summary>
    public bool IsAuthenticateHost(RequestHead head) => _authenticate.Include(head.Authority);

    private InternalNeed OfPomerium(ReadOnlySpan<byte> rest)
    {
        if (rest.SequenceEqual("/user"u8) || rest.SequenceEqual("/webauthn"u8))
        {
            return InternalNeed.Session;
        }
        if (rest.SequenceEqual("/jwt"u8))
        {
            return _jwtEndpoint ? InternalNeed.Session : InternalNeed.Nothing;
        }
        if (rest.SequenceEqual("/routes"u8) || rest.SequenceEqual("/api/v1/routes"u8))
        {
            return _portal ? InternalNeed.Session : InternalNeed.Nothing;
        }
        return
            rest.SequenceEqual("/"u8) || rest.SequenceEqual("/sign_out"u8) || rest.SequenceEqual("/device-enrolled"u8)
            ? InternalNeed.SessionIfAny
            : InternalNeed.Nothing;
    }
}
