using System.Text;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Binding;

/// <summary>A list of routes, or one text that is base64 of a YAML or JSON list of routes (config spec 1.4).</summary>
internal static class RoutesConverter
{
    public static IReadOnlyList<ConfigNode> Convert(ConfigNode? node, string path, ICollection<Diagnostic> problems)
    {
        void Problem(string message, string remedy) =>
            problems.Add(
                new Diagnostic(
                    "invalid-routes",
                    Severity.Error,
                    path,
                    node!.Mark,
                    $"failed to unmarshal config: {message}",
                    Remedy: remedy
                )
            );
        const string Form = "give the list as base64 of its YAML text, for example: base64 -w0 routes.yaml";
        switch (node?.Kind)
        {
            case null or ConfigNodeKind.Null:
                return [];
            case ConfigNodeKind.Array:
                return node.Items;
            case ConfigNodeKind.String:
                break;
            default:
                Problem(
                    $"expected a list of routes, got {Kinds.Name(node)}",
                    "write each route as an element: - from: …"
                );
                return [];
        }
        string[] parts = node.Text.Split(',');
        if (parts.Length != 1)
        {
            Problem($"base64 policy data: expecting 1, got {parts.Length}", Form);
            return [];
        }
        if (!Base64Converter.TryConvert(parts[0].Trim(), out byte[] text, out string cause))
        {
            Problem($"base64 decoding policy data: {cause}", Form);
            return [];
        }
        List<Diagnostic> inner = [];
        ConfigNode? list = YamlSource.Parse(Encoding.UTF8.GetString(text), node.Mark.Source, inner);
        if (list is { Kind: ConfigNodeKind.Array or ConfigNodeKind.Null })
        {
            return list.Items;
        }
        Problem(
            $"parsing base64-encoded policy data as yaml: {(inner.Count > 0 ? inner[0].Message : "expected a list of routes")}",
            Form
        );
        return [];
    }
}
