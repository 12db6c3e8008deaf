using System.Security.Cryptography;
using System.Text;
using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Shared secret, cookie secret, signing key (config spec 2.7, 2.8, 7).</summary>
internal static class SecretRules
{
    private const int SecretBytes = 32;
    private const string MakeOne = "make one with: head -c32 /dev/urandom | base64";

    // Stays the same over reloads: sessions must survive a change of a route.
    private static readonly Lazy<byte[]> Generated = new(static () => RandomNumberGenerator.GetBytes(SecretBytes));

    public static SecretOptions Read(RuleContext context, string services)
    {
        OptionReader options = context.Options;
        bool all = services is "all";
        byte[]? shared = Shared(context, all);
        byte[]? cookie = Cookie(context, all, services);
        bool generated = cookie is null && shared is null && all && !HasCookie(options);
        if (generated)
        {
            options.Info(
                "cookie_secret",
                "generated-secret",
                "using a generated COOKIE_SECRET. Set the COOKIE_SECRET to avoid users being logged out on restart. "
                    + "https://www.pomerium.com/docs/reference/cookie-secret"
            );
        }
        shared ??= Generated.Value;
        return new SecretOptions
        {
            SharedSecret = shared,
            CookieSecret = cookie ?? shared,
            CookieSecretGenerated = generated,
            SigningKeyPem = SigningKeyRules.Read(context),
        };
    }

    private static bool HasCookie(OptionReader options) =>
        options.Has("cookie_secret") || options.Has("cookie_secret_file");

    private static byte[]? Shared(RuleContext context, bool all)
    {
        const string Prefix = "config: invalid shared secret: ";
        if (Find(context, "shared_secret", Prefix, trimNewline: false) is not var (key, text))
        {
            if (!all && !context.Options.Has("shared_secret_file"))
            {
                context.Options.Error("shared_secret", "missing-secret", Prefix + "empty shared secret", MakeOne, "");
            }
            return null;
        }
        if (text.Length != text.Trim().Length)
        {
            Bad(
                context.Options,
                key,
                Prefix + "shared secret contains whitespace",
                "remove blanks and line ends around it"
            );
            return null;
        }
        if (!Base64Converter.TryConvert(text, out byte[] secret, out string cause))
        {
            Bad(context.Options, key, Prefix + cause, MakeOne);
            return null;
        }
        return Sized(context.Options, key, secret, "SHARED_SECRET");
    }

    private static byte[]? Cookie(RuleContext context, bool all, string services)
    {
        if (Find(context, "cookie_secret", "config: ", trimNewline: true) is not var (key, text))
        {
            bool needed =
                services.Contains("authenticate", StringComparison.Ordinal)
                || services.Contains("proxy", StringComparison.Ordinal);
            if (!all && needed && !context.Options.Has("cookie_secret_file"))
            {
                context.Options.Error("cookie_secret", "missing-secret", "empty cookie secret", MakeOne, "");
            }
            return null;
        }
        if (!Base64Converter.TryConvert(text, out byte[] secret, out string cause))
        {
            Bad(context.Options, key, $"proxy: invalid 'COOKIE_SECRET': {cause}", MakeOne);
            return null;
        }
        return Sized(context.Options, key, secret, "COOKIE_SECRET");
    }

    /// <summary>Key that decides and its text; the file wins over the value.</summary>
    private static (string Key, string Text)? Find(RuleContext context, string name, string message, bool trimNewline)
    {
        string fileKey = name + "_file";
        if (context.Options.Has(fileKey))
        {
            byte[]? content = context.ReadFile(context.Options, fileKey, message);
            if (content is null)
            {
                return null;
            }
            string text = Encoding.UTF8.GetString(content);
            return (fileKey, trimNewline ? text.TrimEnd('\n', '\r') : text);
        }
        return context.Options.Text(name) is { } value ? (name, value) : null;
    }

    private static byte[]? Sized(OptionReader options, string key, byte[] secret, string name)
    {
        if (secret.Length == SecretBytes)
        {
            return secret;
        }
        Bad(
            options,
            key,
            $"proxy: invalid '{name}': cryptutil: got {secret.Length} bytes but want {SecretBytes}",
            MakeOne
        );
        return null;
    }

    private static void Bad(OptionReader options, string key, string message, string remedy) =>
        options.Error(key, "invalid-secret", message, remedy, "");
}
