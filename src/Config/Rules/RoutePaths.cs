using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Matching and rewriting of paths and headers (config spec 3.1, 3.2).</summary>
internal static class RoutePaths
{
    private static readonly ImmutableArray<string> Patterns =
    [
        "regex",
        "regex_rewrite_pattern",
        "host_path_regex_rewrite_pattern",
    ];

    public static void Check(OptionReader options)
    {
        foreach (string key in Patterns)
        {
            CheckPattern(options, key);
        }
        if (options.Text("prefix_rewrite") is not null && options.Text("regex_rewrite_pattern") is not null)
        {
            options.Error(
                "regex_rewrite_pattern",
                "two-rewrites",
                "config: only prefix_rewrite or regex_rewrite_pattern can be specified, but not both",
                "remove one of them"
            );
        }
        foreach (string name in options.List("remove_request_headers") ?? [])
        {
            ResponseHeaderRules.IsSound(options, "remove_request_headers", name, "");
        }
        if (options.Text("host_rewrite_header") is { } header)
        {
            ResponseHeaderRules.IsSound(options, "host_rewrite_header", header, "");
        }
    }

    public static ImmutableArray<ResponseHeaderRewrite> HeaderRewrites(OptionReader options)
    {
        List<ResponseHeaderRewrite> rewrites = [];
        foreach (OptionReader entry in options.Elements("rewrite_response_headers"))
        {
            string header = entry.Text("header", "");
            string value = entry.Text("value", "");
            if (ResponseHeaderRules.IsSound(entry, "header", header, value))
            {
                rewrites.Add(new ResponseHeaderRewrite(header, entry.Text("prefix", ""), value));
            }
        }
        return [.. rewrites];
    }

    /// <summary>Compiled only to be checked: look-around and back-references have no linear-time form.</summary>
    private static void CheckPattern(OptionReader options, string key)
    {
        if (options.Text(key) is not { } pattern)
        {
            return;
        }
        try
        {
            _ = new Regex(
                pattern,
                RegexOptions.NonBacktracking | RegexOptions.CultureInvariant,
                Timeout.InfiniteTimeSpan
            );
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            options.Error(
                key,
                "invalid-regex",
                $"config: invalid regex \"{pattern}\": {e.Message}",
                "write an RE2 expression: no look-around and no back-references"
            );
        }
    }
}
