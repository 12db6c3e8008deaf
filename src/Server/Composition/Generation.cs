using Pomerium.Fast.Auth.Identity;
using Pomerium.Fast.Auth.Policy;
using Pomerium.Fast.Auth.Providers;
using Pomerium.Fast.Auth.SignIn;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.Http.Upstream;
using Pomerium.Fast.Transport.Certificates;

namespace Pomerium.Fast.Server.Composition;

/// <summary>The running parts of one configuration: built whole, swapped in by one reference, retired when the next one runs.</summary>
internal sealed record Generation
{
    public required ConfigSnapshot Snapshot { get; init; }
    public required HttpPipeline Pipeline { get; init; }
    public required IReadOnlyList<Cluster?> Clusters { get; init; }
    public required CertificateIndex Certificates { get; init; }
    public required PolicySet Policies { get; init; }
    public required SigningKeys Keys { get; init; }
    public required ProviderSet Providers { get; init; }
    public required SignInFlow SignIn { get; init; }

    /// <summary>Ends what only this one used; the next one keeps clusters whose identity is unchanged.</summary>
    public void Retire(Generation next)
    {
        HashSet<Cluster> kept = [.. next.Clusters.OfType<Cluster>()];
        foreach (Cluster cluster in Clusters.OfType<Cluster>().Distinct())
        {
            if (!kept.Contains(cluster))
            {
                cluster.Retire();
            }
        }
    }
}
