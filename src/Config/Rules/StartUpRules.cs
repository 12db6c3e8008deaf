using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Settings that are refused wherever they stand (config spec 5.1, cli 1.1).</summary>
internal static class StartUpRules
{
    private const string PolicyFile = "policy_file";
    private const string ManagedToken = "pomerium_zero_token";

    /// <summary>Whether the key is answered here and not as an unknown one.</summary>
    public static bool Refuses(string key) =>
        key.Equals(PolicyFile, StringComparison.OrdinalIgnoreCase)
        || key.Equals(ManagedToken, StringComparison.OrdinalIgnoreCase);

    public static void Check(
        IReadOnlyDictionary<string, string> environment,
        ConfigNode root,
        List<Diagnostic> problems
    )
    {
        Refuse(
            PolicyFile,
            "removed-key",
            "config: policy file setting is deprecated",
            "write the routes under routes: in the file or give them as base64 in ROUTES"
        );
        Refuse(
            ManagedToken,
            "unsupported-mode",
            "managed mode is not supported",
            "remove the token and write the configuration in a file"
        );

        void Refuse(string key, string code, string message, string remedy)
        {
            string name = key.ToUpperInvariant();
            if (root.Find(key) is { Kind: not ConfigNodeKind.Null } node)
            {
                problems.Add(new Diagnostic(code, Severity.Error, key, node.Mark, message, Remedy: remedy));
            }
            else if (environment.TryGetValue(name, out string? value) && value.Length > 0)
            {
                Mark mark = new($"environment {name}", 0, 0);
                problems.Add(new Diagnostic(code, Severity.Error, key, mark, message, Remedy: remedy));
            }
        }
    }
}
