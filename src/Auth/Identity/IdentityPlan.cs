using System.Collections.Immutable;
using System.Text;
using Pomerium.Fast.Auth.Handlers;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Routing;

namespace Pomerium.Fast.Auth.Identity;

/// <summary>What one configuration says about identity headers. Immutable; serves all loops.</summary>
internal sealed class IdentityPlan
{
    private readonly JwtIssuerFormat _issuer;
    private readonly RouteGroupsFilters _groups;

    public IdentityPlan(ConfigSnapshot snapshot, SigningKeys keys, AuthNotices? notices)
    {
        Notices = notices;
        _groups = new RouteGroupsFilters(snapshot);
        Key = keys.Current;
        _issuer = snapshot.Identity.IssuerFormat;
        ClaimHeaders =
        [
            .. snapshot.Identity.ClaimHeaders.Select(static c => (Encoding.ASCII.GetBytes(c.Header), c.Claim)),
        ];
        Claims = [.. snapshot.Identity.ClaimHeaders.Select(static c => c.Claim)];
    }

    public SigningKey Key { get; }
    public ImmutableArray<(byte[] Header, string Claim)> ClaimHeaders { get; }

    /// <summary>Claims that assertions carry beside the base ones.</summary>
    public ImmutableArray<string> Claims { get; }

    public AuthNotices? Notices { get; }

    public GroupsFilter? GroupsOf(Route route) => _groups.Of(route.Index);

    public GroupsFilter? GroupsOfAll => _groups.Global;

    public JwtIssuerFormat IssuerOf(Route route) => route.Config.IssuerFormat ?? _issuer;
}
