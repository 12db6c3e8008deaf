using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Keys;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Every key of the file that no option takes: unknown, removed, or written twice (config spec 1.7, 5).</summary>
internal sealed class UnknownKeys(ICollection<Diagnostic> problems)
{
    private const string RoutesPath = "routes";
    private bool _removed;

    public void Check(ConfigNode root, string sourceName)
    {
        Walk(root, GlobalKeys.Table, "", "");
        if (_removed)
        {
            problems.Add(
                new Diagnostic(
                    "removed-keys",
                    Severity.Error,
                    "",
                    new Mark(sourceName, 0, 0),
                    "some configuration options are no longer supported, please check logs for details"
                )
            );
        }
    }

    /// <param name="bare">Path without list indexes and with <c>policy</c> as <c>routes</c>, as the tables name keys.</param>
    private void Walk(ConfigNode node, KeyTable table, string path, string bare)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (ConfigMember member in node.Members)
        {
            KeyInfo? key = table.Find(member.Name);
            string at = Join(path, key?.Name ?? member.Name);
            if (key is null)
            {
                Unknown(member, table, at, Join(bare, member.Name));
                continue;
            }
            if (!seen.Add(key.AliasOf ?? key.Name))
            {
                problems.Add(
                    new Diagnostic(
                        "duplicate-key",
                        Severity.Error,
                        at,
                        member.NameMark,
                        $"mapping key \"{member.Name}\" is defined twice",
                        member.Name,
                        "keep one of the two"
                    )
                );
            }
            Descend(member.Value, key, at, bare);
        }
    }

    private void Descend(ConfigNode value, KeyInfo key, string at, string bare)
    {
        KeyTable? inner = key.Type == KeyType.Routes ? RouteKeys.Table : key.Nested;
        if (inner is null)
        {
            return;
        }
        string innerBare = Join(bare, key.Type == KeyType.Routes ? RoutesPath : key.Name);
        Walk(value, inner, at, innerBare);
        for (int i = 0; i < value.Items.Count; i++)
        {
            Walk(value.Items[i], inner, $"{at}[{i}]", innerBare);
        }
    }

    private void Unknown(ConfigMember member, KeyTable table, string at, string bare)
    {
        if (StartUpRules.Refuses(bare))
        {
            return;
        }
        if (RemovedKeys.Fatal.TryGetValue(bare, out (string In, string Help) removed))
        {
            _removed = true;
            Add(
                "removed-key",
                Severity.Error,
                "config option was removed",
                $"removed in {removed.In}, see {removed.Help}"
            );
            return;
        }
        if (RemovedKeys.Ignored.TryGetValue(bare, out (string In, string Hint) ignored))
        {
            Add("unknown-key", Severity.Warning, "unknown config option", $"removed in {ignored.In}: {ignored.Hint}");
            return;
        }
        string remedy = table.Nearest(member.Name) is { } near ? $"did you mean \"{near}\"?" : "remove it";
        Add("unknown-key", IsLimit(table) ? Severity.Error : Severity.Warning, "unknown config option", remedy);

        void Add(string code, Severity severity, string message, string remedy) =>
            problems.Add(new Diagnostic(code, severity, at, member.NameMark, message, member.Name, remedy));
    }

    // A misspelt limit would leave a door open that the operator believes shut (hardening 2).
    private static bool IsLimit(KeyTable table) => ReferenceEquals(table, GlobalKeys.Table["limits"].Nested);

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
