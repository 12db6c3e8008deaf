using System.Collections.Immutable;
using Pomerium.Fast.Auth.Identity;
using Pomerium.Fast.Auth.Policy;
using Pomerium.Fast.Auth.Providers;
using Pomerium.Fast.Auth.Sessions;
using Pomerium.Fast.Auth.SignIn;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Pipeline;

namespace Pomerium.Fast.Auth.Handlers;

/// <summary>The handlers of one configuration, in their order: who, may they, and what the upstream is told.</summary>
public static class AuthPipeline
{
    /// <param name="sessions">Of the process; outlives configurations.</param>
    /// <param name="observer">Null when nobody logs decisions.</param>
    /// <param name="notices">Of the process; null when nobody logs them.</param>
    public static ImmutableArray<IHandler> Build(
        ConfigSnapshot snapshot,
        SessionDirectory sessions,
        PolicySet policies,
        SigningKeys keys,
        RouteProviderIds providers,
        SignInRedirect redirect,
        IDecisionObserver? observer,
        AuthNotices? notices = null
    )
    {
        InternalNeeds needs = new(snapshot);
        return
        [
            new SessionHandler(snapshot, sessions, needs, providers, notices),
            new PolicyHandler(needs, policies, redirect, observer),
            new IdentityHandler(snapshot, keys, notices),
        ];
    }
}
