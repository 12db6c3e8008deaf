using Pomerium.Fast.Config.Diagnostics;

namespace Pomerium.Fast.Config.Policy;

/// <summary>What reading one document has found.</summary>
internal sealed class PolicyReport(ICollection<Diagnostic> diagnostics)
{
    public bool Failed { get; private set; }

    public void Error(string path, Mark mark, string message, string value, string remedy)
    {
        Failed = true;
        diagnostics.Add(new Diagnostic("policy", Severity.Error, path, mark, message, value, remedy));
    }

    public void Warn(string path, Mark mark, string message, string value, string remedy) =>
        diagnostics.Add(new Diagnostic("policy", Severity.Warning, path, mark, message, value, remedy));

    /// <summary>The members of an object, each name once; a name that comes again is reported (policy 2.1).</summary>
    public IEnumerable<PolicyNodeMember> Unique(PolicyNode node, string path)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (PolicyNodeMember member in node.Members)
        {
            if (seen.Add(member.Name))
            {
                yield return member;
                continue;
            }
            Error(path, member.Mark, $"duplicate key \"{member.Name}\"", member.Name, "keep one of them");
        }
    }
}

/// <summary>What the check of one criterion has found.</summary>
internal sealed class CriterionReport(PolicyReport report, PolicyCriterion criterion, PolicyNode data)
{
    public PolicyCriterion Criterion { get; } = criterion;
    public PolicyNode Data { get; } = data;

    public void Unknown(string message, string remedy) =>
        report.Error(Criterion.Path, Criterion.Mark, message, Criterion.Name, remedy);

    public void Error(PolicyNode at, string text, string remedy) =>
        report.Error(Criterion.Path, at.Value.Mark, "error generating criterion rules: " + text, at.Value.Text, remedy);

    public void Error(PolicyNodeMember at, string text, string remedy) =>
        report.Error(Criterion.Path, at.Mark, "error generating criterion rules: " + text, at.Name, remedy);

    public void Warn(PolicyNode at, string text, string remedy) =>
        report.Warn(Criterion.Path, at.Value.Mark, text, at.Value.Text, remedy);

    public IEnumerable<PolicyNodeMember> Unique(PolicyNode node) => report.Unique(node, Criterion.Path);
}
