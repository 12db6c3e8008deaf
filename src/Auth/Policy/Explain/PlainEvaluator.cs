using System.Collections.Immutable;
using Pomerium.Fast.Config.Policy;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Auth.Policy.Explain;

/// <summary>
/// Evaluates rules as they are written, without compiling, folding or remembering anything: slow, simple, and the
/// judge of the fast evaluator in tests.
/// </summary>
internal sealed class PlainEvaluator(Exchange exchange, PolicySubject subject, bool certificateWanted)
{
    private readonly PlainCriteria _criteria = new(exchange, subject, certificateWanted);

    public Explanation Explain(ImmutableArray<PolicyRule> rules)
    {
        ImmutableArray<ExplainedRule> explained = [.. rules.Select(Explain)];
        (bool allow, Reasons allowReasons) = Join(explained, PolicyAction.Allow);
        (bool deny, Reasons denyReasons) = Join(explained, PolicyAction.Deny);
        return new Explanation(new Decision(allow, allowReasons, deny, denyReasons), explained);
    }

    private static (bool Holds, Reasons Reasons) Join(ImmutableArray<ExplainedRule> rules, PolicyAction action)
    {
        ExplainedRule[] ofAction = [.. rules.Where(r => r.Rule.Action == action)];
        bool holds = ofAction.Any(static r => r.Holds);
        return (holds, Kept(ofAction.Where(r => r.Holds == holds).Select(static r => r.Reasons)));
    }

    private ExplainedRule Explain(PolicyRule rule)
    {
        ImmutableArray<ExplainedCriterion> members = [.. rule.Criteria.Select(c => Explain(c, rule.Operator))];
        bool all = members.All(static m => m.Holds);
        bool any = members.Any(static m => m.Holds);
        (bool holds, IEnumerable<ExplainedCriterion> kept) = rule.Operator switch
        {
            PolicyOperator.And or PolicyOperator.Not when all => (true, members),
            PolicyOperator.And or PolicyOperator.Not => (false, members.Where(static m => !m.Holds)),
            _ when any => (true, members.Where(static m => m.Holds)),
            _ => (false, members),
        };
        return new ExplainedRule(rule, holds, Kept(kept.Select(static m => m.Reason)), members);
    }

    private ExplainedCriterion Explain(PolicyCriterion criterion, PolicyOperator op)
    {
        bool inverted = op is PolicyOperator.Not or PolicyOperator.Nor;
        PlainResult result = _criteria.Ask(criterion);
        return new ExplainedCriterion(criterion, result.Holds != inverted, inverted, result.Reason, result.Seen);
    }

    private static Reasons Kept(IEnumerable<Reasons> reasons) =>
        reasons.Aggregate(Reasons.None, static (all, one) => all | one);
}
