using Pomerium.Fast.Auth.Identity;
using Pomerium.Fast.Auth.Sessions;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.Http.Routing;

namespace Pomerium.Fast.Auth.Handlers;

/// <summary>
/// Tells the upstream who asks (identity 6): assertion and claim headers as bytes that were made before. What a client
/// said in these headers is never forwarded; the head writer sees to that.
/// </summary>
public sealed class IdentityHandler : IHandler
{
    private const int LoopsMax = 1024;

    private readonly IdentityPlan _plan;
    private readonly IdentityMaterial?[] _visitors = new IdentityMaterial?[LoopsMax];

    public IdentityHandler(ConfigSnapshot snapshot, SigningKeys keys, AuthNotices? notices) =>
        _plan = new IdentityPlan(snapshot, keys, notices);

    public Step Handle(Exchange exchange)
    {
        exchange.Loop.AssertCurrent();
        if (exchange.Route is not { } route)
        {
            return Step.Continue;
        }
        IdentityMaterial? material = (exchange.Session as SessionView)?.MaterialFor(_plan);
        exchange.IdentityValues = material;
        if (!route.Headers.PassIdentity)
        {
            return Step.Continue;
        }
        material ??= _visitors[exchange.Loop.Index] ??= new IdentityMaterial(_plan, null, null);
        ForwardedAssertion.Add(exchange);
        AssertionSlot slot = material.SlotFor(exchange.Request.Authority, route);
        if (slot.At(exchange.Loop.UnixMs) is { } ready)
        {
            exchange.Edits.Add(ready.Headers);
            return Step.Continue;
        }
        if (_plan.Key.IsQuick)
        {
            exchange.Edits.Add(slot.Sign(exchange.Loop.UnixMs).Headers);
            return Step.Continue;
        }
        SignatureWait.Begin(exchange, slot);
        return Step.Pending;
    }
}

/// <summary>A first RSA signature takes a millisecond: other connections of the loop do not wait for it.</summary>
internal sealed class SignatureWait(Exchange exchange, AssertionSlot slot) : IThreadPoolWorkItem
{
    private readonly long _now = exchange.Loop.UnixMs;
    private Assertion? _made;

    public static void Begin(Exchange exchange, AssertionSlot slot) =>
        ThreadPool.UnsafeQueueUserWorkItem(new SignatureWait(exchange, slot), preferLocal: false);

    void IThreadPoolWorkItem.Execute()
    {
        _made = slot.Sign(_now);
        exchange.Loop.Post(static w => ((SignatureWait)w!).Finish(), this);
    }

    private void Finish()
    {
        exchange.Edits.Add(_made!.Headers);
        exchange.Resume(Step.Continue);
    }
}
