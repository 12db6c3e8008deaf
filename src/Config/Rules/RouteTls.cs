using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Config.Rules;

/// <summary>TLS towards the upstream of a route (config spec 3.4, routing 9.7).</summary>
internal static class RouteTls
{
    public static UpstreamTlsSettings Read(RuleContext context, OptionReader options) =>
        new()
        {
            SkipVerify = options.Flag("tls_skip_verify"),
            ServerName = options.Text("tls_upstream_server_name") ?? options.Text("tls_server_name"),
            CustomCaPem = CustomCa(context, options),
            ClientCertificate = ClientCertificate(context, options),
        };

    private static ReadOnlyMemory<byte>? CustomCa(RuleContext context, OptionReader options)
    {
        const string Inline = "tls_custom_ca";
        const string File = "tls_custom_ca_file";
        const string InlineMessage = "config: couldn't decode custom ca: ";
        const string FileMessage = "config: couldn't load client ca file: ";
        byte[]? bundle = RuleContext.ReadBase64(options, Inline, InlineMessage);
        bool inline = bundle is not null;
        byte[]? fromFile = context.ReadFile(options, File, FileMessage);
        bundle ??= fromFile;
        if (bundle is null)
        {
            return null;
        }
        if (PemPair.CheckBundle(bundle, out string cause))
        {
            return bundle;
        }
        options.Error(
            inline ? Inline : File,
            "invalid-certificate",
            (inline ? InlineMessage : FileMessage) + cause,
            "give PEM certificates",
            inline ? "" : null
        );
        return null;
    }

    private static CertificateMaterial? ClientCertificate(RuleContext context, OptionReader options)
    {
        bool inline = HasWholePair(options, "tls_client_cert", "tls_client_key");
        bool files = HasWholePair(options, "tls_client_cert_file", "tls_client_key_file");
        if (inline)
        {
            return CertificateRules.Inline(
                context,
                options,
                "tls_client_cert",
                "tls_client_key",
                "config: couldn't decode client cert "
            );
        }
        return files
            ? CertificateRules.FromFiles(
                context,
                options,
                "tls_client_cert_file",
                "tls_client_key_file",
                "config: couldn't load client cert file "
            )
            : null;
    }

    private static bool HasWholePair(OptionReader options, string certificate, string key)
    {
        bool hasCertificate = options.Text(certificate) is not null;
        bool hasKey = options.Text(key) is not null;
        if (hasCertificate != hasKey)
        {
            options.Error(
                hasCertificate ? certificate : key,
                "half-pair",
                "config: client certificate key and cert both must be non-empty",
                $"set {(hasCertificate ? key : certificate)} too",
                ""
            );
        }
        return hasCertificate && hasKey;
    }
}
