using System.Collections.Immutable;
using Pomerium.Fast.Auth.Policy.Criteria;
using Pomerium.Fast.Auth.Policy.Explain;
using Pomerium.Fast.Config.Policy;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Auth.Policy;

/// <summary>
/// The policies of all routes of one configuration, compiled. Immutable; serves all loops. Judging allocates nothing
/// once the subject is warm, and does not get slower with longer lists or more routes.
/// </summary>
public sealed class PolicySet
{
    private static long _numbers;

    private readonly long _number = Interlocked.Increment(ref _numbers);
    private readonly RouteProgram[] _programs;
    private readonly Criterion[] _criteria;
    private readonly ImmutableArray<PolicyRule>[] _rules;
    private readonly bool[] _certificateWanted;
    private readonly bool _reasonsWanted;

    /// <param name="reasonsWanted">Whether reasons are to be complete for allowed requests too, as the authorize log wants them.</param>
    internal PolicySet(
        RouteProgram[] programs,
        Criterion[] criteria,
        ImmutableArray<PolicyRule>[] rules,
        bool[] certificateWanted,
        bool reasonsWanted
    )
    {
        _programs = programs;
        _criteria = criteria;
        _rules = rules;
        _certificateWanted = certificateWanted;
        _reasonsWanted = reasonsWanted;
    }

    /// <summary>How many different questions the routes ask together.</summary>
    internal int CriteriaCount => _criteria.Length;

    /// <param name="routeIndex">Position of the route in the configuration's evaluation order.</param>
    public Decision Evaluate(int routeIndex, Exchange exchange, PolicySubject subject)
    {
        RouteProgram program = _programs[routeIndex];
        Walk walk = new(_criteria, program, exchange, subject, VerdictsOf(subject));
        // Stopping at the first deciding term is right only when no term left out can change the outcome (policy 7.3).
        Reasons possible = program.Flags & (subject.IsAnonymous ? Reasons.Flags : ~Reasons.UserUnauthenticated);
        if (
            !_reasonsWanted
            && possible == Reasons.None
            && !walk.Holds(program.DenyRules)
            && walk.Holds(program.AllowRules)
        )
        {
            return new Decision(allow: true, Reasons.None, deny: false, Reasons.None);
        }
        bool allow = walk.Judge(program.AllowRules, out Reasons allowReasons);
        bool deny = walk.Judge(program.DenyRules, out Reasons denyReasons);
        return new Decision(allow, allowReasons, deny, denyReasons);
    }

    /// <summary>The same decision with the tree that led to it. Slow: for refusal pages with details, logs of criteria and tools.</summary>
    public Explanation Explain(int routeIndex, Exchange exchange, PolicySubject subject) =>
        new PlainEvaluator(exchange, subject, _certificateWanted[routeIndex]).Explain(_rules[routeIndex]);

    private SubjectVerdicts? VerdictsOf(PolicySubject subject) =>
        subject.IsAnonymous ? null : subject.VerdictsOf(_number, _criteria.Length);
}
