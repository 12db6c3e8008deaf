using System.Text;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Http.Routing;

/// <summary>
/// The hosts of the sign-in endpoints, as users and as other services name them (identity 1). A port counts as routes
/// count it (routing 3.1). Immutable; whoever must know these hosts asks here.
/// </summary>
public sealed class AuthenticateHosts
{
    private const int AuthorityMax = 261;
    private readonly byte[] _external;
    private readonly byte[] _internal;
    private readonly bool _anyPort;

    public AuthenticateHosts(ConfigSnapshot snapshot)
    {
        _external = Bytes(snapshot.Identity.AuthenticateUrl);
        _internal = Bytes(snapshot.Identity.AuthenticateInternalUrl);
        _anyPort = snapshot.Flag("match_any_incoming_port");
    }

    public bool Include(ReadOnlySpan<byte> authority) => Answers(_external, authority) || Answers(_internal, authority);

    public bool Include(string authority)
    {
        Span<byte> bytes = stackalloc byte[AuthorityMax];
        return Encoding.ASCII.TryGetBytes(authority, bytes, out int length) && Include(bytes[..length]);
    }

    private bool Answers(ReadOnlySpan<byte> own, ReadOnlySpan<byte> authority)
    {
        if (own.IsEmpty || authority.Length < own.Length || !Ascii.EqualsIgnoreCase(authority[..own.Length], own))
        {
            return false;
        }
        ReadOnlySpan<byte> rest = authority[own.Length..];
        return rest.IsEmpty || (rest[0] == ':' && (rest.SequenceEqual(":443"u8) || (_anyPort && !HasPort(own))));
    }

    private static bool HasPort(ReadOnlySpan<byte> own)
    {
        AuthorityRules.HostOf(own, out _, out bool hasPort);
        return hasPort;
    }

    private static byte[] Bytes(Uri? url) => url is null ? [] : Encoding.ASCII.GetBytes(AuthorityRules.Of(url));
}
