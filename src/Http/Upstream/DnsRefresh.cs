using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Http.Upstream;

/// <summary>
/// Resolves the names of a configuration's upstreams again, off the loops, until it is cancelled: soon while a cluster
/// has no address, now and then otherwise. A name that stops resolving keeps its last addresses (routing 9.2).
/// </summary>
public sealed class DnsRefresh(
    ConfigSnapshot snapshot,
    IReadOnlyList<Cluster?> clusters,
    NameLookup names,
    TimeProvider time
)
{
    private static readonly TimeSpan Unresolved = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Resolved = TimeSpan.FromSeconds(60);

    /// <summary>Runs until cancelled, with the configuration that it was made for.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        long resolvedAt = time.GetTimestamp();
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Unresolved, time, cancellation);
                bool all = time.GetElapsedTime(resolvedAt) >= Resolved;
                resolvedAt = all ? time.GetTimestamp() : resolvedAt;
                await RefreshAsync(all, cancellation);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task RefreshAsync(bool all, CancellationToken cancellation)
    {
        for (int i = 0; i < snapshot.Routes.Length; i++)
        {
            RouteConfig route = snapshot.Routes[i];
            if (clusters[i] is not { } cluster || !HasName(route) || (!all && !cluster.Endpoints.IsEmpty))
            {
                continue;
            }
            EndpointSet fresh = await EndpointResolver.ResolveAsync(route, snapshot, names, cancellation);
            if (!fresh.IsEmpty && !fresh.HasSameAddresses(cluster.Endpoints))
            {
                cluster.Replace(fresh);
            }
        }
    }

    private static bool HasName(RouteConfig route)
    {
        foreach (UpstreamUrl url in route.To)
        {
            if (
                url.Scheme is not ("unix" or "https+unix")
                && Uri.CheckHostName(url.Host.Trim('[', ']')) is UriHostNameType.Dns
            )
            {
                return true;
            }
        }
        return false;
    }
}
