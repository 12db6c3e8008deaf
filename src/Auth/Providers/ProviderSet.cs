using System.Collections.Frozen;
using System.Collections.Immutable;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Auth.Providers;

/// <summary>
/// The providers of one configuration: the global one, and one more for each route with credentials of its own.
/// Builds without asking anybody. Dispose when no exchange of its configuration is left.
/// </summary>
public sealed class ProviderSet : IDisposable
{
    private readonly FrozenDictionary<string, IIdentityProvider> _byId;
    private readonly ProviderHttp? _http;

    private ProviderSet(RouteProviderIds ids, IEnumerable<IIdentityProvider> providers, ProviderHttp? http)
    {
        Ids = ids;
        _http = http;
        _byId = providers.ToFrozenDictionary(static p => p.Id, StringComparer.Ordinal);
    }

    public RouteProviderIds Ids { get; }

    /// <summary>Null when none is configured: sign-in is then not possible.</summary>
    public IIdentityProvider? Default => Find(Ids.Default);

    public IEnumerable<IIdentityProvider> All => _byId.Values;

    /// <summary>Null for the id of a provider that is (no longer) configured.</summary>
    public IIdentityProvider? Find(string id) => _byId.GetValueOrDefault(id);

    public IIdentityProvider? OfRoute(int routeIndex) => Find(Ids.Of(routeIndex));

    public static (ProviderSet? Set, ImmutableArray<Diagnostic> Problems) Build(
        ConfigSnapshot snapshot,
        TimeProvider clock
    ) => Build(snapshot, clock, static trust => new ProviderHttp(trust));

    internal static (ProviderSet? Set, ImmutableArray<Diagnostic> Problems) Build(
        ConfigSnapshot snapshot,
        TimeProvider clock,
        Func<ImmutableArray<ReadOnlyMemory<byte>>, ProviderHttp> connect
    )
    {
        RouteProviderIds ids = new(snapshot);
        ProviderOptions global = snapshot.Identity.Provider;
        // Names of later stages start too, as in the reference: public routes serve, sign-in says that it cannot.
        if (global.Name is "" or "apple" or "hosted")
        {
            return (new ProviderSet(ids, [], null), []);
        }
        ImmutableArray<Diagnostic> problems = ProviderRules.Check(snapshot);
        if (problems.Any(static p => p.Severity == Severity.Error))
        {
            return (null, problems);
        }
        ProviderTraits traits = ProviderTable.Find(global.Name)!;
        ProviderHttp http = connect(snapshot.Tls.CertificateAuthorities);
        Dictionary<string, IIdentityProvider> providers = new(StringComparer.Ordinal);
        foreach (RouteConfig? route in snapshot.Routes.Prepend<RouteConfig?>(null))
        {
            ProviderOptions options = ProviderId.For(route, global);
            string id = ProviderId.Of(options, snapshot.Identity.AuthenticateUrl);
            if (!providers.ContainsKey(id))
            {
                providers[id] =
                    traits.Protocol == ProviderProtocol.GitHub
                        ? new GitHubProvider(id, traits, options, http, clock)
                        : new OidcProvider(id, traits, options, http, IsPublic(snapshot.Server), clock);
            }
        }
        return (new ProviderSet(ids, providers.Values, http), problems);
    }

    public void Dispose()
    {
        foreach (IIdentityProvider provider in _byId.Values)
        {
            (provider as IDisposable)?.Dispose();
        }
        _http?.Dispose();
    }

    /// <summary>Others than this machine can come in: the demo's provider must not let them (identity 10.1).</summary>
    private static bool IsPublic(ServerOptions server) =>
        !server.Address.IsLoopback || server.HttpRedirectAddress is { IsLoopback: false };
}
