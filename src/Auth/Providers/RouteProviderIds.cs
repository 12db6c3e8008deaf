using System.Collections.Immutable;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Routing;

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

    /// <summary>For requests that no route matches.</summary>
    public string Default { get; }

    /// <summary>
    /// Of a request: on paths of our own, which no route owns, that of the route which host and path would match
    /// (identity 1.1).
    /// </summary>
    public string Of(Exchange exchange)
    {
        Route? route = exchange.IsInternal ? exchange.Pipeline.Routes.Match(exchange.Request) : exchange.Route;
        return route is null ? Default : Of(route.Index);
    }

    /// <param name="routeIndex">Position of the route in the configuration.</param>
    public string Of(int routeIndex) => _byRoute[routeIndex];
}
