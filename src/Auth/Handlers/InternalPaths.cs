using System.Text;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;

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

/// <summary>
/// The paths that no route can take over (routing 17): they come before every policy, on every host. Compared byte by
/// byte on the normalised path, so nothing that is spelled otherwise is one of them.
/// </summary>
public sealed class InternalPaths
{
    private readonly byte[] _authenticateHost;
    private readonly byte[] _internalHost;
    private readonly byte[] _callback;
    private readonly bool _jwtEndpoint;
    private readonly bool _portal;

    public InternalPaths(ConfigSnapshot snapshot)
    {
        _authenticateHost = HostOf(snapshot.Identity.AuthenticateUrl);
        _internalHost = HostOf(snapshot.Identity.AuthenticateInternalUrl);
        _callback = Encoding.ASCII.GetBytes(snapshot.Identity.CallbackPath);
        _jwtEndpoint = snapshot.Flag("pomerium_jwt_endpoint");
        _portal = snapshot.Flag("routes_portal");
    }

    public InternalNeed Of(RequestHead head)
    {
        ReadOnlySpan<byte> path = head.Path;
        if (head.IsConnect || path.IsEmpty)
        {
            return InternalNeed.NotInternal;
        }
        if (path.StartsWith("/.pomerium"u8) && (path.Length == 10 || path[10] == (byte)'/'))
        {
            return OfPomerium(path[10..]);
        }
        if (
            path.SequenceEqual("/ping"u8)
            || path.SequenceEqual("/healthz"u8)
            || (path.StartsWith("/.well-known/pomerium"u8) && (path.Length == 21 || path[21] == (byte)'/'))
        )
        {
            return InternalNeed.Nothing;
        }
        bool ours = path.Length == 1 || path.SequenceEqual("/robots.txt"u8) || path.SequenceEqual(_callback.AsSpan());
        return ours && IsAuthenticateHost(head) ? InternalNeed.Nothing : InternalNeed.NotInternal;
    }

    /// <summary>The host of the sign-in endpoints, whose session cookie has a name of its own (identity 2.7).</summary>
    public bool IsAuthenticateHost(RequestHead head) =>
        IsHost(head.Authority, _authenticateHost) || IsHost(head.Authority, _internalHost);

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

    private static byte[] HostOf(Uri? url) =>
        url is null
            ? []
            : Encoding.ASCII.GetBytes(
                url.IsDefaultPort ? url.IdnHost.ToLowerInvariant() : $"{url.IdnHost.ToLowerInvariant()}:{url.Port}"
            );

    private static bool IsHost(ReadOnlySpan<byte> authority, byte[] host) =>
        host.Length > 0
        && (
            Ascii.EqualsIgnoreCase(authority, host)
            || (authority.EndsWith(":443"u8) && Ascii.EqualsIgnoreCase(authority[..^4], host))
        );
}
