using System.Text;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.Http.Routing;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Identity;

/// <summary>
/// What upstreams are told about one user under one configuration, encoded ahead of the requests. Belongs to one version
/// of the session and user records, and to one loop.
/// </summary>
internal sealed class IdentityMaterial : IIdentityValues
{
    // A user sees a few hosts; a wildcard route can make many. The oldest gives way.
    private const int SlotsMax = 16;

    private readonly AssertionFacts _facts;
    private readonly byte[] _accessToken;
    private readonly byte[] _idToken;
    private readonly AssertionSlot?[] _slots = new AssertionSlot?[SlotsMax];
    private int _nextSlot;

    /// <param name="session">Null for a visitor without session.</param>
    public IdentityMaterial(IdentityPlan plan, SessionRecord? session, UserRecord? user)
    {
        Plan = plan;
        _facts = new AssertionFacts(session, user, plan.Claims);
        _accessToken = Encoding.UTF8.GetBytes(session?.OAuthToken?.AccessToken ?? "");
        _idToken = Encoding.UTF8.GetBytes(session?.IdToken?.Raw ?? "");
    }

    public IdentityPlan Plan { get; }
    public ReadOnlySpan<byte> AccessToken => _accessToken;
    public ReadOnlySpan<byte> IdToken => _idToken;

    ReadOnlySpan<byte> IIdentityValues.Assertion(Exchange exchange) => AssertionFor(exchange).Token;

    public Assertion AssertionFor(Exchange exchange)
    {
        exchange.Loop.AssertCurrent();
        AssertionSlot slot = SlotFor(exchange.Request.Authority, exchange.Route!);
        long now = exchange.Loop.UnixMs;
        return slot.At(now) ?? slot.Sign(now);
    }

    /// <summary>The slot of the exchange's audience, made when it is new.</summary>
    public AssertionSlot SlotFor(ReadOnlySpan<byte> authority, Route route)
    {
        JwtIssuerFormat issuer = Plan.IssuerOf(route);
        GroupsFilter? groups = Plan.GroupsOf(route);
        foreach (AssertionSlot? slot in _slots)
        {
            if (slot is null)
            {
                break;
            }
            if (slot.Audience.Fits(authority, issuer, groups))
            {
                return slot;
            }
        }
        AssertionSlot made = new(Plan, _facts, AudienceKey.Of(authority, issuer, groups));
        _slots[_nextSlot] = made;
        _nextSlot = (_nextSlot + 1) % SlotsMax;
        return made;
    }
}
