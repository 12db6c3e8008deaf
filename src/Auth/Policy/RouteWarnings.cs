using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Policy;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Auth.Policy;

/// <summary>What is odd about a policy only together with the rest of its route.</summary>
internal static class RouteWarnings
{
    public static void Check(RouteConfig route, ConfigSnapshot snapshot, ICollection<Diagnostic> diagnostics)
    {
        if (route.Policy is not { } policy)
        {
            return;
        }
        string path = $"{route.ConfigPath}.policy";
        void Warn(Mark mark, string message, string remedy) =>
            diagnostics.Add(new Diagnostic("policy", Severity.Warning, path, mark, message, "", remedy));

        if (HasLists(route) && policy.Rules.Any(static r => r.Action == PolicyAction.Allow))
        {
            Warn(
                snapshot.Places.Find(path),
                "the access fields of the route and its policy are joined with or: each widens the other",
                "say all of it in policy"
            );
        }
        PolicyCriterion? byPath = policy.Rules.SelectMany(static r => r.Criteria).FirstOrDefault(IsPath);
        if (byPath is not null && snapshot.Requests.EscapedSlashes == EscapedSlashAction.KeepUnchanged)
        {
            Warn(
                byPath.Mark,
                "http_path sees %2F as a slash, while the upstream gets it as written",
                "reject escaped slashes, or check that the upstream reads them as slashes too"
            );
        }
    }

    private static bool HasLists(RouteConfig route) =>
        route.AllowPublicUnauthenticatedAccess
        || route.AllowAnyAuthenticatedUser
        || !route.AllowedDomains.IsEmpty
        || !route.AllowedIdpClaims.IsEmpty
        || !route.AllowedUsers.IsEmpty;

    private static bool IsPath(PolicyCriterion criterion) =>
        criterion.Name.Equals("http_path", StringComparison.Ordinal);
}
