using System.Collections.Immutable;
using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Rules;

/// <summary><c>allowed_idp_claims</c>: nested mappings become dotted claim paths, in ordinal order (policy 5.1).</summary>
internal static class AllowedClaims
{
    private const string Key = "allowed_idp_claims";

    public static ImmutableArray<AllowedClaim> Read(OptionReader options)
    {
        if (options.Node(Key) is not { } node)
        {
            return [];
        }
        if (TextMapConverter.AsMapping(node, out string cause) is not { } mapping)
        {
            options.Error(Key, "invalid-value", cause, "write the claim as a key and the wanted values as a list");
            return [];
        }
        List<AllowedClaim> claims = [];
        Flatten(options, mapping, "", claims);
        return [.. claims.OrderBy(static c => c.Path, StringComparer.Ordinal)];
    }

    private static void Flatten(OptionReader options, ConfigNode mapping, string prefix, List<AllowedClaim> into)
    {
        foreach (ConfigMember member in mapping.Members)
        {
            string path = prefix + member.Name;
            if (member.Value.Kind == ConfigNodeKind.Object)
            {
                Flatten(options, member.Value, path + ".", into);
                continue;
            }
            IReadOnlyList<ConfigNode> values =
                member.Value.Kind == ConfigNodeKind.Array ? member.Value.Items : [member.Value];
            if (values.FirstOrDefault(static v => v.Kind is ConfigNodeKind.Array or ConfigNodeKind.Object) is { } odd)
            {
                options.Problems.Add(
                    new Diagnostic(
                        "invalid-value",
                        Severity.Error,
                        $"{options.Path(Key)}.{path}",
                        odd.Mark,
                        $"expected a text, number or boolean, got {Kinds.Name(odd)}",
                        Remedy: "list each wanted value"
                    )
                );
                continue;
            }
            into.Add(new AllowedClaim(path, [.. values.Select(Value)]));
        }
    }

    /// <summary>Types are kept: the number 5 is not the text "5".</summary>
    private static object? Value(ConfigNode node) =>
        node.Kind switch
        {
            ConfigNodeKind.Number => node.Number,
            ConfigNodeKind.Boolean => node.Boolean,
            ConfigNodeKind.String => node.Text,
            _ => null,
        };
}
