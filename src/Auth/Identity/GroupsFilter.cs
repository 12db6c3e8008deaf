using System.Collections.Frozen;
using System.Collections.Immutable;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Identity;

/// <summary>The groups that an upstream may hear of (identity 6.5). Policies see all of them. Immutable.</summary>
public sealed class GroupsFilter
{
    private readonly FrozenSet<string> _kept;

    private GroupsFilter(IEnumerable<string> kept) => _kept = kept.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Null when neither list says anything: all groups are kept.</summary>
    internal static GroupsFilter? Of(ImmutableArray<string> global, ImmutableArray<string> route) =>
        global.IsEmpty && route.IsEmpty ? null : new GroupsFilter(global.Concat(route));

    internal ImmutableArray<string> Keep(ImmutableArray<string> groups) => groups.RemoveAll(g => !_kept.Contains(g));

    /// <summary>How many groups of a session are kept from the upstream; allocates nothing for groups that are text.</summary>
    public int CountRemoved(ClaimSet claims)
    {
        int removed = 0;
        foreach (object? value in claims["groups"])
        {
            if (ClaimText.Of(value) is { } group && !_kept.Contains(group))
            {
                removed++;
            }
        }
        return removed;
    }
}

/// <summary>The filter of each route of one configuration: what it lists together with what is listed for all.</summary>
public sealed class RouteGroupsFilters
{
    private readonly ImmutableArray<GroupsFilter?> _byRoute;

    public RouteGroupsFilters(ConfigSnapshot snapshot)
    {
        ImmutableArray<string> global = snapshot.Identity.GroupsFilter;
        Global = GroupsFilter.Of(global, []);
        _byRoute =
        [
            .. snapshot.Routes.Select(r => r.GroupsFilter.IsEmpty ? Global : GroupsFilter.Of(global, r.GroupsFilter)),
        ];
    }

    /// <summary>For what no route owns.</summary>
    public GroupsFilter? Global { get; }

    public GroupsFilter? Of(int routeIndex) => _byRoute[routeIndex];
}
