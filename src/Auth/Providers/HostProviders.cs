using System.Text;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Routing;

namespace Pomerium.Fast.Auth.Providers;

/// <summary>
/// The provider of a host, for paths that no route owns (identity 1.1): that of the first route with this host, else the
/// default one.
/// </summary>
public sealed class HostProviders
{
    private readonly RouteProviderIds _ids;
    private readonly List<(HostPattern Host, string Id)> _others = [];

    public HostProviders(ConfigSnapshot snapshot, RouteProviderIds ids)
    {
        _ids = ids;
        bool anyPort = snapshot.Flag("match_any_incoming_port");
        bool any = Enumerable.Range(0, snapshot.Routes.Length).Any(i => IsOther(ids.Of(i)));
        for (int i = 0; any && i < snapshot.Routes.Length; i++)
        {
            RouteSource from = snapshot.Routes[i].From;
            string name = from.Port is { } port ? $"{from.Host}:{port}" : from.Host;
            _others.Add((new HostPattern(Encoding.ASCII.GetBytes(name), anyPort && from.Port is null), ids.Of(i)));
        }
    }

    public string Of(string authority)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(authority.ToLowerInvariant());
        foreach ((HostPattern host, string id) in _others)
        {
            if (host.Matches(bytes))
            {
                return id;
            }
        }
        return _ids.Default;
    }

    private bool IsOther(string id) => !string.Equals(id, _ids.Default, StringComparison.Ordinal);
}
