using System.Text;
using Pomerium.Fast.Config.Binding;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Listeners beside the main one: debug and metrics (config spec 2.1, 2.9).</summary>
internal static class ListenerRules
{
    public static void Check(RuleContext context)
    {
        OptionReader options = context.Options;
        CheckAddress(options, "debug_address", "config: invalid debug_address: ");
        CheckAddress(options, "metrics_address", "config: invalid metrics_addr: ");
        CheckBasicAuth(options);
        CertificateRules.Inline(
            context,
            options,
            "metrics_certificate",
            "metrics_certificate_key",
            "config: invalid metrics_certificate or metrics_certificate_key: "
        );
        CertificateRules.FromFiles(
            context,
            options,
            "metrics_certificate_file",
            "metrics_certificate_key_file",
            "config: invalid metrics_certificate_file or metrics_certificate_key_file: "
        );
        const string Client = "xds: invalid metrics_client_ca: ";
        RuleContext.ReadBase64(options, "metrics_client_ca", Client);
        context.ReadFile(options, "metrics_client_ca_file", Client);
    }

    private static void CheckAddress(OptionReader options, string key, string message)
    {
        if (options.Text(key) is { } text && AddressConverter.Parse(text, out string cause) is null)
        {
            options.Error(key, "invalid-address", message + cause, "write host:port, for example \"127.0.0.1:9090\"");
        }
    }

    private static void CheckBasicAuth(OptionReader options)
    {
        const string Key = "metrics_basic_auth";
        if (options.Text(Key) is not { } text)
        {
            return;
        }
        const string Remedy = "make it with: printf 'user:password' | base64";
        if (!Base64Converter.TryConvert(text, out byte[] pair, out _))
        {
            options.Error(Key, "invalid-base64", "config: metrics_basic_auth must be a base64 encoded string", Remedy);
        }
        else if (!Encoding.UTF8.GetString(pair).Contains(':', StringComparison.Ordinal))
        {
            options.Error(
                Key,
                "invalid-value",
                "config: metrics_basic_auth should contain a user name and password separated by a colon",
                Remedy
            );
        }
    }
}
