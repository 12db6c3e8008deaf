using static Pomerium.Fast.Config.Keys.KeyType;
using static Pomerium.Fast.Config.Keys.Row;

namespace Pomerium.Fast.Config.Keys;

/// <summary>Server certificates, trust and client certificates (config spec 2.2, 2.3).</summary>
internal static class CertificateKeys
{
    public static KeyTable Pair { get; } =
        new(
            Now("cert", KeyType.File, "", "-", "Path of the PEM chain."),
            Now("key", KeyType.File, "", "-", "Path of its PEM key.")
        );

    public static KeyTable DownstreamMtls { get; } =
        new(
            Soon("ca", Base64, "", "0.23", "Trust anchors of client certificates."),
            Soon("ca_file", KeyType.File, "", "0.23", "The same as a file."),
            Soon("crl", Base64, "", "0.23", "Revocation lists."),
            Soon("crl_file", KeyType.File, "", "0.23", "The same as a file."),
            Soon(
                "enforcement",
                Choice,
                "policy_with_default_deny",
                "0.23",
                "What a missing or wrong certificate leads to."
            ) with
            {
                Choices = ["policy", "policy_with_default_deny", "reject_connection"],
            },
            Soon("match_subject_alt_names", KeyType.Any, "", "0.23", "Accepted names: list of {type: regex}.") with
            {
                Environment = "",
            },
            Soon("max_verify_depth", Integer, "1", "0.23", "Certificates above the leaf; 0 is no limit.")
        );

    public static IEnumerable<KeyInfo> Rows =>
        [
            Now("certificate", Base64, "", "-", "Certificate chain, base64 of PEM; with certificate_key."),
            Now("certificate_key", Base64, "", "-", "Its key, base64 of PEM.") with
            {
                Secret = true,
            },
            Now("certificate_file", KeyType.File, "", "-", "Certificate chain; with certificate_key_file."),
            Now("certificate_key_file", KeyType.File, "", "-", "Its key."),
            Now("certificates", ObjectList, "", "-", "Further pairs: list of {cert, key} paths.") with
            {
                Nested = Pair,
                Environment = "",
            },
            Now("certificate_authority", Base64, "", "-", "Roots added to the system's, base64 of PEM."),
            Now("certificate_authority_file", KeyType.File, "", "-", "The same as a file."),
            Soon("override_certificate_name", Text, "", "-", "Name expected in the certificates of other services."),
            Soon("tls_derive", Text, "", "0.21", "Host name whose certificate is derived from the shared secret."),
            Soon("autocert", KeyType.Boolean, "false", "-", "Certificates by ACME."),
            Soon("autocert_ca", Url, "", "0.16", "ACME directory."),
            Soon(
                "autocert_use_staging",
                KeyType.Boolean,
                "false",
                "-",
                "Staging directory; removes the default HSTS header."
            ),
            Soon("autocert_email", Text, "", "0.16", "Account contact."),
            Soon("autocert_eab_key_id", Text, "", "0.16", "External account binding: key id."),
            Soon("autocert_eab_mac_key", Text, "", "0.16", "External account binding: key, base64url.") with
            {
                Secret = true,
            },
            Soon("autocert_must_staple", KeyType.Boolean, "false", "-", "Request the must-staple extension."),
            Soon("autocert_dir", Text, "", "-", "Where certificates are kept."),
            Soon("autocert_trusted_ca", Base64, "", "0.16", "Roots of the ACME server."),
            Soon("autocert_trusted_ca_file", KeyType.File, "", "0.16", "The same as a file."),
            Soon("downstream_mtls", KeyType.Object, "", "0.23", "Client certificates, see below.") with
            {
                Nested = DownstreamMtls,
            },
        ];
}
