using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Http.Routing;

/// <summary>A route with everything its requests need, compiled. Immutable; belongs to one configuration.</summary>
public sealed class Route(int index, RouteConfig config)
{
    /// <summary>Position in the configuration's evaluation order; indexes per-route arrays.</summary>
    public int Index { get; } = index;
    public RouteConfig Config { get; } = config;
}
