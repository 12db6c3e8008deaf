using System.Runtime.CompilerServices;
using Pomerium.Fast.Auth.Policy.Criteria;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Auth.Policy;

/// <summary>One evaluation of one program.</summary>
internal readonly ref struct Walk
{
    private readonly ReadOnlySpan<Criterion> _criteria;
    private readonly RouteProgram _program;
    private readonly Exchange _exchange;
    private readonly PolicySubject _subject;

    /// <summary>Null for the anonymous subject, which has none.</summary>
    private readonly SubjectVerdicts? _verdicts;

    public Walk(
        ReadOnlySpan<Criterion> criteria,
        RouteProgram program,
        Exchange exchange,
        PolicySubject subject,
        SubjectVerdicts? verdicts
    )
    {
        _criteria = criteria;
        _program = program;
        _exchange = exchange;
        _subject = subject;
        _verdicts = verdicts;
    }

    /// <summary>The truth of the rules of one action alone, asking no more than needed.</summary>
    public bool Holds(ReadOnlySpan<RuleHead> rules)
    {
        foreach (ref readonly RuleHead rule in rules)
        {
            if (Holds(rule))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Truth and kept reasons of the rules of one action (policy 2.3).</summary>
    public bool Judge(ReadOnlySpan<RuleHead> rules, out Reasons kept)
    {
        Reasons ofTrue = Reasons.None;
        Reasons ofFalse = Reasons.None;
        bool any = false;
        foreach (ref readonly RuleHead rule in rules)
        {
            if (Judge(rule, out Reasons reasons))
            {
                any = true;
                ofTrue |= reasons;
            }
            else
            {
                ofFalse |= reasons;
            }
        }
        kept = any ? ofTrue : ofFalse;
        return any;
    }

    private bool Holds(in RuleHead rule)
    {
        foreach (Term term in _program.TermsOf(rule))
        {
            if (Ask(term, out _) != rule.NeedsAll)
            {
                return !rule.NeedsAll;
            }
        }
        return rule.NeedsAll;
    }

    private bool Judge(in RuleHead rule, out Reasons kept)
    {
        Reasons ofTrue = Reasons.None;
        Reasons ofFalse = Reasons.None;
        int holding = 0;
        foreach (Term term in _program.TermsOf(rule))
        {
            if (Ask(term, out Reasons reason))
            {
                holding++;
                ofTrue |= reason;
            }
            else
            {
                ofFalse |= reason;
            }
        }
        bool holds = rule.NeedsAll ? holding == rule.Count : holding > 0;
        // For each operator the kept reasons are those of the members that came out like the rule.
        kept = holds ? ofTrue : ofFalse;
        return holds;
    }

    private bool Ask(Term term, out Reasons reason)
    {
        Criterion criterion = _criteria[term.Criterion];
        bool holds;
        switch (criterion.Kind)
        {
            case CriterionKind.Session when _verdicts is null:
                reason = Reasons.UserUnauthenticated;
                return term.Inverted;
            case CriterionKind.Session:
                holds = _verdicts![term.Criterion] ?? FindOut(Unsafe.As<SessionCriterion>(criterion), term.Criterion);
                break;
            case CriterionKind.Request:
                holds = Unsafe.As<RequestCriterion>(criterion).Holds(_exchange);
                break;
            default:
                holds = Unsafe.As<ConstantCriterion>(criterion).Holds;
                break;
        }
        reason = criterion.ReasonOf(holds);
        return holds != term.Inverted;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool FindOut(SessionCriterion criterion, int number)
    {
        bool holds = criterion.Holds(_subject);
        _verdicts!.Add(number, holds);
        return holds;
    }
}
