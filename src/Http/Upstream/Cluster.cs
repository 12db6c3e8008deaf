using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Http.Upstream;

/// <summary>
/// The upstream of a route: its endpoints, which DNS may replace, beside the pools that every loop keeps of them. A
/// reload keeps the cluster when its identity is unchanged.
/// </summary>
public sealed class Cluster
{
    private readonly LoopPools?[] _pools;
    private EndpointSet _endpoints = EndpointSet.Empty;

    public Cluster(string identity, int loops)
    {
        Identity = identity;
        _pools = new LoopPools?[loops];
    }

    /// <summary>Everything that decides what the endpoints are; equal texts mean the same cluster.</summary>
    public string Identity { get; }
    public EndpointSet Endpoints => Volatile.Read(ref _endpoints);

    public void Replace(EndpointSet endpoints) => Volatile.Write(ref _endpoints, endpoints);

    /// <summary>The loop's own connections; made at its first request.</summary>
    public LoopPools Pools(Loop loop)
    {
        loop.AssertCurrent();
        return _pools[loop.Index] ??= new LoopPools(loop);
    }

    /// <summary>Closes idle connections of every loop that has some; after the last exchange that used them.</summary>
    public void Retire()
    {
        foreach (LoopPools? pools in _pools)
        {
            pools?.Loop.Post(static p => ((LoopPools)p!).CloseIdle(), pools);
        }
    }
}
