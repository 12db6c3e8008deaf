using Pomerium.Fast.Auth.Policy;
using Pomerium.Fast.Auth.Sessions;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Auth.Handlers;

/// <summary>Told of every decision, on the exchange's loop, before it takes effect: the authorize log and the counters.</summary>
public interface IDecisionObserver
{
    /// <param name="session">Null for who is not signed in.</param>
    void OnDecision(Exchange exchange, in Decision decision, SessionView? session);
}
