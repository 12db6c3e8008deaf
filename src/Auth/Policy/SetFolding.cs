using System.Collections.Immutable;
using Pomerium.Fast.Config.Policy;

namespace Pomerium.Fast.Auth.Policy;

/// <summary>
/// Joins criteria that ask whether one and the same thing is one of several values into one criterion (policy 7.1), so
/// that a hundred thousand users cost one probe. Only under <c>or</c> and <c>not</c>: there "some member holds" is all
/// that the rule asks, and the members' reasons are the same.
/// </summary>
internal static class SetFolding
{
    public static IEnumerable<PolicyCriterion> Fold(PolicyRule rule)
    {
        if (rule.Operator is not (PolicyOperator.Or or PolicyOperator.Not))
        {
            return rule.Criteria;
        }
        List<PolicyCriterion> result = [];
        Dictionary<(string Name, string SubPath), List<PolicyValue>> sets = [];
        foreach (PolicyCriterion criterion in rule.Criteria)
        {
            if (Wanted(criterion) is not { } wanted)
            {
                result.Add(criterion);
                continue;
            }
            (string, string) key = (criterion.Name, criterion.Name is "claim" ? criterion.SubPath : "");
            if (!sets.TryGetValue(key, out List<PolicyValue>? values))
            {
                sets.Add(key, values = []);
            }
            values.AddRange(wanted);
        }
        foreach (((string name, string subPath), List<PolicyValue> values) in sets)
        {
            result.Add(new PolicyCriterion(name, subPath, Data(name, values), rule.Path, rule.Mark));
        }
        return result;
    }

    /// <summary>The values of which one is wanted; null when the criterion asks more than that.</summary>
    private static IEnumerable<PolicyValue>? Wanted(PolicyCriterion criterion) =>
        criterion.Name switch
        {
            "user" or "email" or "domain" => WantedTexts(criterion.Data),
            "claim" when criterion.Data.Kind != PolicyValueKind.Object => [criterion.Data],
            "claim" when criterion.Data.Members is [{ Key: "has" } only] => [only.Value],
            _ => null,
        };

    private static IEnumerable<PolicyValue>? WantedTexts(PolicyValue data)
    {
        if (data.Kind != PolicyValueKind.Object)
        {
            return [data];
        }
        return data.Members switch
        {
            [{ Key: "is" } only] => [only.Value],
            [{ Key: "in" } only] => only.Value.Items,
            _ => null,
        };
    }

    /// <summary>In one order and without repetition, so that routes with the same set share it.</summary>
    private static PolicyValue Data(string name, List<PolicyValue> values)
    {
        PolicyValue list = Values.List(
            values.DistinctBy(JsonForm.Of, StringComparer.Ordinal).OrderBy(JsonForm.Of, StringComparer.Ordinal)
        );
        // A list is no data that a document may give to a claim, so it can stand for "has one of" here.
        return name is "claim"
            ? list
            : new PolicyValue { Kind = PolicyValueKind.Object, Members = [KeyValuePair.Create("in", list)] };
    }
}
