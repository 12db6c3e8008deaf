using System.Collections.Immutable;
using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Checks of route options beside matching, access and TLS (config spec 3).</summary>
internal static class RouteExtras
{
    private const int DependsOnMax = 5;

    public static void Check(RuleContext context, OptionReader options)
    {
        CheckKubernetes(context, options);
        CheckDependsOn(options);
        CheckClientAuthority(context, options);
        CheckBearer(context, options);
        if (options.Integer("healthy_panic_threshold", 0, uint.MaxValue) > 100)
        {
            options.Error("healthy_panic_threshold", "out-of-range", "the percentage must be from 0 to 100");
        }
        if (
            options.Node("mcp") is { Kind: ConfigNodeKind.Object } mcp
            && mcp.Find("server") is null
            && mcp.Find("client") is null
        )
        {
            options.Error("mcp", "invalid-value", "config: mcp must have either server or client set");
        }
    }

    private static void CheckKubernetes(RuleContext context, OptionReader options)
    {
        const string Token = "kubernetes_service_account_token";
        const string File = "kubernetes_service_account_token_file";
        if (options.Has(Token) && options.Has(File))
        {
            options.Error(File, "two-sources", $"config: specified both `{File}` and `{Token}`", "remove one of them");
        }
        context.ReadFile(options, File, $"config: invalid {File}: ");
    }

    private static void CheckDependsOn(OptionReader options)
    {
        const string Key = "depends_on";
        if (options.List(Key) is not { } hosts)
        {
            return;
        }
        if (hosts.Length > DependsOnMax)
        {
            options.Error(
                Key,
                "too-many",
                $"config: depends_on is limited to {DependsOnMax} additional redirect hosts, got [{string.Join(' ', hosts)}]",
                "remove some of them"
            );
        }
        foreach (string host in hosts.Where(static h => h.Contains('/', StringComparison.Ordinal)))
        {
            if (UrlConverter.Check(host, out _) is null)
            {
                options.Error(
                    Key,
                    "invalid-url",
                    $"config: unsupported depends_on value \"{host}\"",
                    "write a host or a URL",
                    host
                );
            }
        }
    }

    private static void CheckClientAuthority(RuleContext context, OptionReader options)
    {
        const string Key = "tls_downstream_client_ca";
        const string Inline = "config: couldn't decode downstream client ca: ";
        const string File = "config: couldn't load downstream client ca: ";
        CheckBundle(options, Key, RuleContext.ReadBase64(options, Key, Inline), Inline);
        CheckBundle(options, Key + "_file", context.ReadFile(options, Key + "_file", File), File);
    }

    private static void CheckBundle(OptionReader options, string key, byte[]? bundle, string message)
    {
        if (bundle is not null && !PemPair.CheckBundle(bundle, out string cause))
        {
            options.Error(key, "invalid-certificate", message + cause, "give PEM certificates", "");
        }
    }

    private static void CheckBearer(RuleContext context, OptionReader options)
    {
        string format = options.Text("bearer_token_format") ?? context.Options.Text("bearer_token_format", "default");
        ImmutableArray<string>? named = options.List("identity_providers");
        string route = options.Text("from", "");
        bool isJwt = format.Equals("jwt", StringComparison.OrdinalIgnoreCase);
        if (named is not null && !isJwt)
        {
            options.Error(
                "identity_providers",
                "invalid-value",
                $"config: identity_providers is only valid on routes with bearer_token_format=jwt (route \"{route}\")",
                "set bearer_token_format: jwt"
            );
        }
        if (isJwt && named is not { IsEmpty: false })
        {
            options.ScopeError(
                "missing-issuer",
                $"config: bearer_token_format=jwt requires at least one identity_providers entry (route \"{route}\")",
                "name one in identity_providers of the route"
            );
        }
        foreach (string name in named ?? [])
        {
            if (context.Options.Node("identity_providers")?.Find(name) is null)
            {
                options.Error(
                    "identity_providers",
                    "unknown-issuer",
                    $"config: route \"{route}\" references unknown identity provider \"{name}\"",
                    "define it in the global identity_providers",
                    name
                );
            }
        }
    }
}
