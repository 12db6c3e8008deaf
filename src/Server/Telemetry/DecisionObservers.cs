using Pomerium.Fast.Auth.Handlers;
using Pomerium.Fast.Auth.Policy;
using Pomerium.Fast.Auth.Sessions;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Server.Telemetry;

/// <summary>Tells two observers of each decision.</summary>
internal sealed class DecisionObservers(IDecisionObserver first, IDecisionObserver second) : IDecisionObserver
{
    public void OnDecision(Exchange exchange, in Decision decision, SessionView? session)
    {
        first.OnDecision(exchange, decision, session);
        second.OnDecision(exchange, decision, session);
    }
}
