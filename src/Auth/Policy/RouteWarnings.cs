using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Policy;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Auth.Policy;

/// <summary>What is odd about a policy only together with the rest of its route.</summary>
internal static class RouteWarnings
{
    public static void Check(RouteConfig route, ConfigSnapshot snapshot, ICollection<Diagnostic> diagnostics)
    {
        PolicyCriterion? byPath = route.Policy?.Rules.SelectMany(static r => r.Criteria).FirstOrDefault(IsPath);
        if (byPath is not null && snapshot.Requests.EscapedSlashes == EscapedSlashAction.KeepUnchanged)
        {
            diagnostics.Add(
                new Diagnostic(
                    "policy",
                    Severity.Warning,
                    byPath.Path,
                    byPath.Mark,
                    "http_path sees %2F as a slash, while the upstream gets it as written",
                    "",
                    "reject escaped slashes, or check that the upstream reads them as slashes too"
                )
            );
        }
    }

    private static bool IsPath(PolicyCriterion criterion) =>
        criterion.Name.Equals("http_path", StringComparison.Ordinal);
}
