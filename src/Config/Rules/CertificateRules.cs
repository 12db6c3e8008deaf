using System.Collections.Immutable;
using System.Globalization;
using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Server certificates and trust (config spec 2.2), read, paired and checked.</summary>
internal static class CertificateRules
{
    private static readonly TimeSpan ExpirySoon = TimeSpan.FromDays(14);

    public static TlsSettings Read(RuleContext context)
    {
        OptionReader options = context.Options;
        // Order of preference when several fit a name (routing 10.2).
        List<CertificateMaterial?> found =
        [
            Inline(context, options, "certificate", "certificate_key", "config: bad cert base64 "),
            .. options
                .Elements("certificates")
                .Select(entry =>
                    FromFiles(context, entry, "cert", "key", "config: bad cert entry, file reference invalid. ")
                ),
            FromFiles(context, options, "certificate_file", "certificate_key_file", "config: bad cert file "),
        ];
        return new TlsSettings
        {
            Certificates = [.. found.OfType<CertificateMaterial>()],
            CertificateAuthorities = [.. Authorities(context)],
            TlsDerive = options.Text("tls_derive")?.ToLowerInvariant(),
        };
    }

    /// <summary>A pair given as base64; null when neither is given or, after a report, when it does not load.</summary>
    public static CertificateMaterial? Inline(
        RuleContext context,
        OptionReader scope,
        string certificateKey,
        string keyKey,
        string message
    )
    {
        if (!IsWhole(scope, certificateKey, keyKey, message))
        {
            return null;
        }
        byte[]? certificate = RuleContext.ReadBase64(scope, certificateKey, message);
        byte[]? key = RuleContext.ReadBase64(scope, keyKey, message);
        return Pair(context, scope, certificateKey, certificate, key, message, certificateKey, keyKey);
    }

    /// <summary>A pair given as paths.</summary>
    public static CertificateMaterial? FromFiles(
        RuleContext context,
        OptionReader scope,
        string certificateKey,
        string keyKey,
        string message
    )
    {
        if (!IsWhole(scope, certificateKey, keyKey, message))
        {
            return null;
        }
        byte[]? certificate = context.ReadFile(scope, certificateKey, message);
        byte[]? key = context.ReadFile(scope, keyKey, message);
        return Pair(
            context,
            scope,
            certificateKey,
            certificate,
            key,
            message,
            scope.Text(certificateKey, ""),
            scope.Text(keyKey, "")
        );
    }

    private static bool IsWhole(OptionReader scope, string certificateKey, string keyKey, string message)
    {
        bool hasCertificate = scope.Text(certificateKey) is not null;
        bool hasKey = scope.Text(keyKey) is not null;
        if (hasCertificate != hasKey)
        {
            string given = hasCertificate ? certificateKey : keyKey;
            string missing = hasCertificate ? keyKey : certificateKey;
            scope.Error(given, "half-pair", $"{message}{missing} is not set", $"set {missing} too");
        }
        return hasCertificate && hasKey;
    }

    private static CertificateMaterial? Pair(
        RuleContext context,
        OptionReader scope,
        string configKey,
        byte[]? certificate,
        byte[]? key,
        string message,
        string certificateSource,
        string keySource
    )
    {
        if (certificate is null || key is null)
        {
            return null;
        }
        if (!PemPair.Check(certificate, key, out DateTime notAfter, out string cause))
        {
            scope.Error(
                configKey,
                "invalid-certificate",
                message + cause,
                "give a PEM chain and the key of its first certificate",
                ""
            );
            return null;
        }
        WarnOfExpiry(context, scope, configKey, notAfter);
        return new CertificateMaterial(certificate, key, certificateSource, keySource, scope.Path(configKey));
    }

    private static void WarnOfExpiry(RuleContext context, OptionReader scope, string key, DateTime notAfter)
    {
        DateTime now = context.Clock.GetUtcNow().UtcDateTime;
        if (notAfter - now >= ExpirySoon)
        {
            return;
        }
        string date = notAfter.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
        bool over = notAfter <= now;
        scope.Warn(
            key,
            over ? "certificate-expired" : "certificate-expires",
            over ? $"the certificate expired on {date}" : $"the certificate expires on {date}",
            "renew it; a changed file is picked up without a restart",
            ""
        );
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Authorities(RuleContext context)
    {
        OptionReader options = context.Options;
        const string Inline = "certificate_authority";
        const string File = "certificate_authority_file";
        byte[]?[] bundles =
        [
            RuleContext.ReadBase64(options, Inline, "config: bad certificate_authority: "),
            context.ReadFile(options, File, "config: bad certificate_authority_file: "),
        ];
        ImmutableArray<string> keys = [Inline, File];
        for (int i = 0; i < bundles.Length; i++)
        {
            if (bundles[i] is not { } bundle)
            {
                continue;
            }
            if (PemPair.CheckBundle(bundle, out string cause))
            {
                yield return bundle;
                continue;
            }
            options.Error(
                keys[i],
                "invalid-certificate",
                $"config: bad {keys[i]}: {cause}",
                "give PEM certificates",
                ""
            );
        }
    }
}
