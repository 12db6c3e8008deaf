using System.Collections.Immutable;
using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Issuers of bearer tokens (config spec 2.7, <c>identity_providers</c>).</summary>
internal static class BearerRules
{
    private const string Key = "identity_providers";

    private static readonly ImmutableArray<string> Algorithms =
    [
        "RS256",
        "RS384",
        "RS512",
        "PS256",
        "PS384",
        "PS512",
        "ES256",
        "ES384",
        "ES512",
        "EdDSA",
    ];

    public static void Check(OptionReader options)
    {
        if (options.Node(Key) is not { } node)
        {
            return;
        }
        if (node.Kind != ConfigNodeKind.Object)
        {
            options.Error(
                Key,
                "invalid-value",
                $"expected a mapping, got {Kinds.Name(node)}",
                "write name: {issuer, audiences}"
            );
            return;
        }
        HashSet<string> issuers = new(StringComparer.Ordinal);
        foreach (ConfigMember entry in node.Members)
        {
            CheckOne(options, entry.Name.ToLowerInvariant(), entry.Value, issuers);
        }
    }

    private static void CheckOne(OptionReader options, string name, ConfigNode entry, HashSet<string> issuers)
    {
        void Problem(string message, string remedy) =>
            options.Error(Key, "invalid-issuer", $"config: identity_providers[{name}]: {message}", remedy, name);
        if (name.Contains('/', StringComparison.Ordinal))
        {
            Problem("name must not contain a slash", "rename it");
        }
        string issuer = entry.Find("issuer")?.Text ?? "";
        if (issuer.Length == 0)
        {
            Problem("issuer is required", "set issuer to the URL in the tokens");
        }
        else if (!IsIssuer(issuer))
        {
            Problem($"issuer \"{issuer}\" must be an absolute https URL", "http is accepted for loopback only");
        }
        else if (!issuers.Add(issuer))
        {
            Problem($"issuer \"{issuer}\" is used twice", "keep one of the two");
        }
        ImmutableArray<string> audiences = [];
        bool listed = entry.Find("audiences") is { } list && TextListConverter.TryConvert(list, out audiences, out _);
        if (!listed || audiences.IsEmpty)
        {
            Problem("at least one audience is required", "set audiences to what the tokens hold in aud");
        }
        if (
            entry.Find("supported_algs") is { } algorithms
            && TextListConverter.TryConvert(algorithms, out ImmutableArray<string> names, out _)
        )
        {
            foreach (string odd in names.Where(static a => !Algorithms.Contains(a, StringComparer.Ordinal)))
            {
                Problem($"unsupported algorithm {odd}", OptionReader.Suggest(odd, Algorithms));
            }
        }
    }

    private static bool IsIssuer(string issuer) =>
        UrlConverter.Check(issuer, out _) is { } url
            ? url.Scheme is "https" || (url.Scheme is "http" && IsLoopback(url.Host))
            : issuer is "kubernetes:///";

    private static bool IsLoopback(string host) =>
        host is "localhost" or "[::1]" || host.StartsWith("127.", StringComparison.Ordinal);
}
