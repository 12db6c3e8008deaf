using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Pomerium.Fast.Auth.Handlers;
using Pomerium.Fast.Auth.Identity;
using Pomerium.Fast.Auth.Policy;
using Pomerium.Fast.Auth.Providers;
using Pomerium.Fast.Auth.SignIn;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.Http.Routing;
using Pomerium.Fast.Http.Upstream;
using Pomerium.Fast.Server.Telemetry;
using Pomerium.Fast.Transport.Certificates;

namespace Pomerium.Fast.Server.Composition;

/// <summary>From a checked configuration to running parts. Every builder runs and every problem is reported; nothing is changed by a failure.</summary>
internal sealed class GenerationBuilder(ProcessParts parts)
{
    public async Task<(Generation? Generation, ImmutableArray<Diagnostic> Problems)> BuildAsync(
        ConfigSnapshot snapshot,
        Generation? previous,
        CancellationToken cancellation
    )
    {
        Products products = Build(snapshot, parts.FallbackFor(snapshot.Secrets), parts.Clock);
        if (products.Failed)
        {
            products.Providers?.Dispose();
            return (null, products.Problems);
        }
        IReadOnlyList<Cluster?> clusters = await ClusterBuilder.BuildAsync(
            snapshot,
            previous?.Clusters ?? [],
            parts.Loops.Loops.Count,
            cancellation,
            parts.Names
        );
        (RouteTable? routes, ImmutableArray<Diagnostic> routeProblems) = RouteTableBuilder.Build(snapshot, clusters);
        if (routes is null)
        {
            products.Providers!.Dispose();
            return (null, [.. products.Problems, .. routeProblems]);
        }
        return (Assemble(snapshot, products, clusters, routes), [.. products.Problems, .. routeProblems]);
    }

    /// <summary>Runs every builder that needs no socket and no name service: what <c>validate</c> does.</summary>
    public static ImmutableArray<Diagnostic> Check(ConfigSnapshot snapshot, TimeProvider clock)
    {
        FallbackCertificates fallback = new(snapshot.Secrets.SharedSecret.Span, clock);
        Products products = Build(snapshot, fallback, clock);
        products.Providers?.Dispose();
        (_, ImmutableArray<Diagnostic> routes) = RouteTableBuilder.Build(
            snapshot,
            new Cluster?[snapshot.Routes.Length]
        );
        return [.. products.Problems, .. routes];
    }

    private static Products Build(ConfigSnapshot snapshot, FallbackCertificates fallback, TimeProvider clock)
    {
        ImmutableArray<Diagnostic>.Builder problems = ImmutableArray.CreateBuilder<Diagnostic>();
        (CertificateIndex? certificates, ImmutableArray<Diagnostic> pairs) = CertificateBuilder.Build(
            snapshot,
            fallback
        );
        problems.AddRange(pairs);
        PolicySet policies = PolicyCompiler.Compile(snapshot, problems);
        (SigningKeys? keys, ImmutableArray<Diagnostic> keyProblems) = SigningKeys.Load(snapshot);
        problems.AddRange(keyProblems);
        (ProviderSet? providers, ImmutableArray<Diagnostic> providerProblems) = ProviderSet.Build(snapshot, clock);
        problems.AddRange(providerProblems);
        return new Products(certificates, policies, keys, providers, problems.ToImmutable());
    }

    private Generation Assemble(
        ConfigSnapshot snapshot,
        Products products,
        IReadOnlyList<Cluster?> clusters,
        RouteTable routes
    )
    {
        ProviderSet providers = products.Providers!;
        SignInRedirect redirect = new(snapshot, providers.Ids, parts.Clock);
        int loops = parts.Loops.Loops.Count;
        AuthorizeLog authorizeLog = new(snapshot, routes, parts.LogWriter, loops);
        ImmutableArray<IHandler> handlers = AuthPipeline.Build(
            snapshot,
            parts.Sessions,
            products.Policies,
            products.Keys!,
            providers.Ids,
            redirect,
            authorizeLog,
            parts.Notices
        );
        return new Generation
        {
            Snapshot = snapshot,
            Pipeline = new HttpPipeline(snapshot, routes, handlers, new AccessLog(snapshot, parts.LogWriter, loops)),
            Clusters = clusters,
            Certificates = products.Certificates!,
            Policies = products.Policies,
            Keys = products.Keys!,
            Providers = providers,
            SignIn = new SignInFlow(
                new SignInSettings(snapshot, providers, parts.Store, parts.Clock),
                parts.Loggers.CreateLogger<SignInFlow>()
            ),
        };
    }

    private sealed record Products(
        CertificateIndex? Certificates,
        PolicySet Policies,
        SigningKeys? Keys,
        ProviderSet? Providers,
        ImmutableArray<Diagnostic> Problems
    )
    {
        public bool Failed => Problems.Any(static p => p.Severity == Severity.Error);
    }
}
