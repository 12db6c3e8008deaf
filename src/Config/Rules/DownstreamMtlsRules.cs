using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Client certificates (config spec 2.3).</summary>
internal static class DownstreamMtlsRules
{
    private const string Prefix = "config: bad downstream mTLS settings: ";
    private const string CrlLabel = "X509 CRL";

    private static readonly ImmutableArray<string> NameTypes =
    [
        "dns",
        "email",
        "ip_address",
        "uri",
        "user_principal_name",
    ];

    public static void Check(RuleContext context)
    {
        if (context.Options.Nested("downstream_mtls") is not { } mtls)
        {
            return;
        }
        CheckOneOf(mtls, "ca");
        CheckOneOf(mtls, "crl");
        CheckBundle(mtls, "ca", RuleContext.ReadBase64(mtls, "ca", Prefix + "CA: "), Prefix + "CA: ");
        CheckBundle(mtls, "ca_file", context.ReadFile(mtls, "ca_file", Prefix + "CA file: "), Prefix + "CA file: ");
        CheckCrl(mtls, "crl", RuleContext.ReadBase64(mtls, "crl", Prefix + "CRL: "), Prefix + "CRL: ");
        CheckCrl(mtls, "crl_file", context.ReadFile(mtls, "crl_file", Prefix + "CRL file: "), Prefix + "CRL file: ");
        CheckNames(mtls);
    }

    private static void CheckOneOf(OptionReader mtls, string key)
    {
        if (mtls.Has(key) && mtls.Has(key + "_file"))
        {
            mtls.Error(key, "two-sources", $"{Prefix}cannot set both {key} and {key}_file", "remove one of them", "");
        }
    }

    private static void CheckBundle(OptionReader mtls, string key, byte[]? bundle, string message)
    {
        if (bundle is not null && !PemPair.CheckBundle(bundle, out string cause))
        {
            mtls.Error(key, "invalid-certificate", message + cause, "give PEM certificates", "");
        }
    }

    private static void CheckCrl(OptionReader mtls, string key, byte[]? bundle, string message)
    {
        if (bundle is null)
        {
            return;
        }
        ReadOnlySpan<char> rest = Encoding.UTF8.GetString(bundle);
        while (PemEncoding.TryFind(rest, out PemFields fields))
        {
            if (!rest[..fields.Location.Start].IsWhiteSpace() || rest[fields.Label] is not CrlLabel)
            {
                break;
            }
            rest = rest[fields.Location.End..];
        }
        if (!rest.IsWhiteSpace())
        {
            mtls.Error(
                key,
                "invalid-crl",
                message + "cryptutil: non-PEM data in CRL bundle",
                "give PEM blocks X509 CRL",
                ""
            );
        }
    }

    private static void CheckNames(OptionReader mtls)
    {
        const string Key = "match_subject_alt_names";
        if (mtls.Node(Key) is not { } node)
        {
            return;
        }
        foreach (ConfigNode entry in node.Kind == ConfigNodeKind.Array ? node.Items : [node])
        {
            if (entry is not { Kind: ConfigNodeKind.Object, Members: [var member] })
            {
                mtls.Error(
                    Key,
                    "invalid-matcher",
                    Prefix + "unsupported SAN matcher format: expected {type: pattern}",
                    "write for example - dns: '.*\\.example\\.com'"
                );
            }
            else if (!NameTypes.Contains(member.Name, StringComparer.OrdinalIgnoreCase))
            {
                string remedy = OptionReader.Suggest(member.Name, NameTypes);
                mtls.Error(Key, "invalid-matcher", $"{Prefix}unknown SAN type \"{member.Name}\"", remedy, member.Name);
            }
            else if (RegexProblem(member.Value.Text) is { } problem)
            {
                mtls.Error(
                    Key,
                    "invalid-matcher",
                    $"{Prefix}couldn't parse pattern \"{member.Value.Text}\": {problem}",
                    "write an RE2 expression",
                    member.Value.Text
                );
            }
        }
    }

    private static string? RegexProblem(string pattern)
    {
        try
        {
            _ = new Regex(
                pattern,
                RegexOptions.NonBacktracking | RegexOptions.CultureInvariant,
                Timeout.InfiniteTimeSpan
            );
            return null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return e.Message;
        }
    }
}
