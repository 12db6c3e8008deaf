using System.Buffers.Text;
using Pomerium.Fast.Config.Binding;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Certificates by ACME (config spec 2.2).</summary>
internal static class AutocertRules
{
    public static void Check(RuleContext context)
    {
        OptionReader options = context.Options;
        CheckAccountBinding(options);
        const string Inline = "autocert_trusted_ca";
        const string File = "autocert_trusted_ca_file";
        if (options.Has(Inline) && options.Has(File))
        {
            options.Error(
                Inline,
                "two-sources",
                "config: providing both Autocert Trusted CA and Trusted CA File is not supported",
                "remove one of them",
                ""
            );
        }
        CheckBundle(
            options,
            Inline,
            RuleContext.ReadBase64(options, Inline, "config: decoding trusted certificate pool base64: ")
        );
        CheckBundle(options, File, context.ReadFile(options, File, "config: bad trusted certificate (bundle) file: "));
    }

    private static void CheckAccountBinding(OptionReader options)
    {
        const string Id = "autocert_eab_key_id";
        const string Key = "autocert_eab_mac_key";
        if (options.Has(Id) != options.Has(Key))
        {
            bool hasId = options.Has(Id);
            options.Error(
                hasId ? Id : Key,
                "half-pair",
                hasId
                    ? "config: Autocert EAB MAC Key required when Key ID is provided"
                    : "config: Autocert EAB Key ID required when MAC Key is provided",
                $"set {(hasId ? Key : Id)} too"
            );
        }
        if (options.Text(Key) is { } mac && (mac.Contains('=', StringComparison.Ordinal) || !Base64Url.IsValid(mac)))
        {
            options.Error(
                Key,
                "invalid-base64",
                "config: decoding base64-urlencoded MAC Key: illegal base64 data",
                "write it as base64url without padding"
            );
        }
    }

    private static void CheckBundle(OptionReader options, string key, byte[]? bundle)
    {
        if (bundle is not null && !PemPair.CheckBundle(bundle, out string cause))
        {
            options.Error(
                key,
                "invalid-certificate",
                $"config: getting trusted certificate pool: {cause}",
                "give PEM certificates",
                ""
            );
        }
    }
}
