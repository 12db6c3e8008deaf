using System.Collections.Immutable;
using Pomerium.Fast.Auth.Policy.Criteria;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Policy;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Auth.Policy;

/// <summary>Turns the policies of a configuration into one program a route.</summary>
public static class PolicyCompiler
{
    public static PolicySet Compile(ConfigSnapshot snapshot, ICollection<Diagnostic> diagnostics)
    {
        CriterionPool pool = new();
        RouteProgram[] programs = new RouteProgram[snapshot.Routes.Length];
        ImmutableArray<PolicyRule>[] rules = new ImmutableArray<PolicyRule>[programs.Length];
        bool[] certificates = new bool[programs.Length];
        for (int i = 0; i < programs.Length; i++)
        {
            RouteConfig route = snapshot.Routes[i];
            RouteWarnings.Check(route, snapshot, diagnostics);
            certificates[i] = DownstreamAuthorities.AreConfigured(snapshot.Places, route);
            rules[i] = RulesOf(route);
            programs[i] = Compile(rules[i], pool, certificates[i]);
        }
        // The authorize log has the kept reasons of every decision and is written at this level (telemetry 2.4).
        bool reasonsWanted = snapshot.Logging.Level <= LogLevelOption.Info;
        return new PolicySet(programs, pool.All, rules, certificates, reasonsWanted);
    }

    /// <summary>Legacy fields and document are joined with or (policy 5.1).</summary>
    private static ImmutableArray<PolicyRule> RulesOf(RouteConfig route)
    {
        ImmutableArray<PolicyRule> written = route.Policy?.Rules ?? [];
        return LegacyRules.Of(route) is { } legacy ? [legacy, .. written] : written;
    }

    private static RouteProgram Compile(ImmutableArray<PolicyRule> rules, CriterionPool pool, bool certificateWanted)
    {
        List<RuleHead> heads = [];
        List<Term> terms = [];
        Reasons flags = Reasons.None;
        int allowRules = 0;
        foreach (PolicyAction action in new[] { PolicyAction.Allow, PolicyAction.Deny })
        {
            foreach (PolicyRule rule in rules.Where(r => r.Action == action))
            {
                bool inverted = rule.Operator is PolicyOperator.Not or PolicyOperator.Nor;
                int start = terms.Count;
                terms.AddRange(
                    SetFolding
                        .Fold(rule)
                        .Select(criterion => pool.NumberOf(criterion, certificateWanted))
                        .Distinct()
                        .Select(number => new Term(number, inverted))
                );
                heads.Add(new RuleHead(RuleHead.NeedsAllOf(rule.Operator), start, terms.Count - start));
            }
            allowRules = action == PolicyAction.Allow ? heads.Count : allowRules;
        }
        foreach (Term term in terms)
        {
            Criterion criterion = pool[term.Criterion];
            flags |= (criterion.WhenTrue | criterion.WhenFalse) & Reasons.Flags;
            flags |= criterion.Kind == CriterionKind.Session ? Reasons.UserUnauthenticated : Reasons.None;
        }
        return new RouteProgram([.. heads], allowRules, [.. terms], flags);
    }
}
