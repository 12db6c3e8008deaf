using Pomerium.Fast.Auth.Policy;
using Pomerium.Fast.Auth.Sessions;
using Pomerium.Fast.Auth.SignIn;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Pipeline;

namespace Pomerium.Fast.Auth.Handlers;

/// <summary>May they? Internal paths first, then the route's policy (policy 1.1, 1.2); a no is answered here.</summary>
public sealed class PolicyHandler(
    InternalNeeds needs,
    PolicySet policies,
    SignInRedirect redirect,
    IDecisionObserver? observer
) : IHandler
{
    private const int Unauthenticated = 401;

    private static readonly Decision InternalAllowed = new(true, Reasons.PomeriumRoute, false, Reasons.None);
    private static readonly Decision InternalLogin = new(false, Reasons.UserUnauthenticated, false, Reasons.None);

    public Step Handle(Exchange exchange)
    {
        InternalNeed need = needs.Of(exchange);
        if (need != InternalNeed.NotInternal)
        {
            return HandleInternal(exchange, need);
        }
        if (exchange.Route is not { } route)
        {
            exchange.Failure = FailureKind.RouteNotFound;
            return Step.Failed;
        }
        SessionView? view = exchange.Session as SessionView;
        Decision decision = policies.Evaluate(route.Index, exchange, view?.Subject ?? PolicySubject.Anonymous);
        if (!decision.IsAllowed && IsUnknown(exchange))
        {
            return Unavailable(exchange);
        }
        observer?.OnDecision(exchange, in decision, view);
        return decision.Outcome switch
        {
            PolicyOutcome.Allow => Step.Continue,
            PolicyOutcome.Login => Login(exchange, decision),
            // No device can be registered yet, so none is good enough (identity 11).
            PolicyOutcome.Device => Refusal.Answer(exchange, 450, decision),
            _ => Refusal.Answer(exchange, decision.Status, decision),
        };
    }

    private Step HandleInternal(Exchange exchange, InternalNeed need)
    {
        SessionView? view = exchange.Session as SessionView;
        if (need == InternalNeed.Session && view is null)
        {
            if (IsUnknown(exchange))
            {
                return Unavailable(exchange);
            }
            observer?.OnDecision(exchange, in InternalLogin, null);
            return Login(exchange, InternalLogin);
        }
        if (need != InternalNeed.Nothing)
        {
            observer?.OnDecision(exchange, in InternalAllowed, view);
        }
        exchange.Facts.Page = PageKind.Endpoint;
        return Step.HandOver;
    }

    private Step Login(Exchange exchange, Decision decision) =>
        ClientKind.FormOf(exchange.Request) == AnswerForm.Robots || !ClientKind.MayRedirect(exchange.Request)
            ? Refusal.Answer(exchange, Unauthenticated, decision)
            : redirect.Answer(exchange);

    /// <summary>
    /// Public routes keep serving when the store is away; whoever would need a session gets 503, since "not signed in"
    /// would send everybody to the provider at once (identity 3.3).
    /// </summary>
    private static bool IsUnknown(Exchange exchange) => ReferenceEquals(exchange.Session, SessionUnknown.Instance);

    private static Step Unavailable(Exchange exchange)
    {
        exchange.Failure = FailureKind.AuthorizationUnavailable;
        return Step.Failed;
    }
}
