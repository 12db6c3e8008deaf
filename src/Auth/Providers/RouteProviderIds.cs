using System.Collections.Immutable;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Auth.Providers;

/// <summary>The provider id of each route of one configuration (identity 0, 2.3); cheap to ask on the data path.</summary>
public sealed class RouteProviderIds
{
    private readonly ImmutableArray<string> _byRoute;

    public RouteProviderIds(ConfigSnapshot snapshot)
    {
        ProviderOptions global = snapshot.Identity.Provider;
        Default = ProviderId.Of(global, snapshot.Identity.AuthenticateUrl);
        _byRoute =
        [
            .. snapshot.Routes.Select(r =>
                ReferenceEquals(ProviderId.For(r, global), global)
                    ? Default
                    : ProviderId.Of(ProviderId.For(r, global), snapshot.Identity.AuthenticateUrl)
            ),
        ];
    }

    /// <summary>For requests that no route owns.</summary>
    public string Default { get; }

    /// <param name="routeIndex">Position of the route in the configuration.</param>
    public string Of(int routeIndex) => _byRoute[routeIndex];
}
