using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Sign-in, provider, claim headers (config spec 2.7, identity 4).</summary>
internal static class IdentityRules
{
    private static readonly ImmutableArray<string> Providers =
    [
        "oidc",
        "google",
        "azure",
        "github",
        "gitlab",
        "okta",
        "auth0",
        "onelogin",
        "ping",
        "cognito",
        "apple",
        "hosted",
    ];

    private const string AnyTenant = "https://login.microsoftonline.com/common/v2.0";

    private static readonly ImmutableArray<string> NeedUrl = ["oidc", "okta", "auth0", "ping", "cognito"];

    public static IdentityOptions Read(RuleContext context)
    {
        OptionReader options = context.Options;
        return new IdentityOptions
        {
            AuthenticateUrl = ServiceUrlRules.Authenticate(options),
            AuthenticateInternalUrl = ServiceUrlRules.AuthenticateInternal(options),
            SignOutRedirectUrl = ServiceUrlRules.SignOut(options),
            CallbackPath = CallbackPath(options),
            Cookie = CookieRules.Read(options),
            Provider = ReadProvider(context),
            ProgrammaticRedirectHosts = options.List("programmatic_redirect_domain_whitelist") ?? ["localhost"],
            ClaimHeaders = options.ClaimHeaders("jwt_claims_headers"),
            GroupsFilter = options.List("jwt_groups_filter") ?? [],
            IssuerFormat = options.Choice("jwt_issuer_format") == 1 ? JwtIssuerFormat.Uri : JwtIssuerFormat.HostOnly,
            PassIdentityHeaders = options.Flag("pass_identity_headers"),
        };
    }

    private static readonly SearchValues<char> NotInPath = SearchValues.Create(" ?#\\");

    private static string CallbackPath(OptionReader options)
    {
        string path = options.Text("authenticate_callback_path", "/oauth2/callback");
        if (!path.StartsWith('/') || path.AsSpan().IndexOfAny(NotInPath) >= 0)
        {
            options.Error(
                "authenticate_callback_path",
                "invalid-path",
                $"\"{path}\" is no absolute path",
                "write a path such as /oauth2/callback"
            );
        }
        return path;
    }

    private static ProviderOptions ReadProvider(RuleContext context)
    {
        OptionReader options = context.Options;
        ProviderOptions provider = new()
        {
            Name = options.Text("idp_provider", "").ToLowerInvariant(),
            Url = options.Text("idp_provider_url", ""),
            ClientId = options.Text("idp_client_id", ""),
            ClientSecret = ClientSecret(context),
            Scopes = options.List("idp_scopes") is { IsEmpty: false } scopes ? scopes : null,
            RequestParams = options.Map("idp_request_params") is { IsEmpty: false } map
                ? map.DistinctBy(static p => p.Key, StringComparer.Ordinal)
                    .ToImmutableDictionary(StringComparer.Ordinal)
                : null,
        };
        if (provider.Name.Length > 0)
        {
            CheckProvider(options, provider);
        }
        else if (provider.ClientId.Length > 0)
        {
            options.Warn(
                "idp_client_id",
                "no-provider",
                "identity: provider is not defined",
                "set idp_provider, for example to oidc"
            );
        }
        return provider;
    }

    private static string ClientSecret(RuleContext context)
    {
        OptionReader options = context.Options;
        if (context.ReadFile(options, "idp_client_secret_file", "config: invalid idp_client_secret_file: ") is { } file)
        {
            string text = Encoding.UTF8.GetString(file);
            return text.EndsWith('\n') ? text[..^1].TrimEnd('\r') : text;
        }
        return options.Text("idp_client_secret", "");
    }

    /// <summary>A wrong provider does not keep public routes from working, so these are warnings.</summary>
    private static void CheckProvider(OptionReader options, ProviderOptions provider)
    {
        if (!Providers.Contains(provider.Name, StringComparer.Ordinal))
        {
            options.Warn(
                "idp_provider",
                "unknown-provider",
                $"identity: unknown provider: {provider.Name}",
                OptionReader.Suggest(provider.Name, Providers)
            );
            return;
        }
        if (provider.Name is "apple" or "hosted")
        {
            options.Warn("idp_provider", "not-effective", $"provider {provider.Name}: not yet effective in this build");
            return;
        }
        if (provider.Url.Length == 0 && NeedUrl.Contains(provider.Name, StringComparer.Ordinal))
        {
            options.Warn(
                "idp_provider",
                "missing-provider-url",
                $"identity/{provider.Name}: missing provider url",
                "set idp_provider_url to the issuer's URL"
            );
        }
        if (provider.ClientId.Length == 0)
        {
            options.Warn(
                "idp_provider",
                "missing-client-id",
                "idp_client_id is not set",
                "set the client id given by the provider"
            );
        }
        if (!options.Has("authenticate_service_url"))
        {
            options.Warn(
                "idp_provider",
                "missing-authenticate-url",
                "authenticate_service_url is not set: nobody can sign in",
                "set it to the URL of this proxy for sign-in, for example https://authenticate.example.com"
            );
        }
        CheckProviderUrl(options, provider);
    }

    private static void CheckProviderUrl(OptionReader options, ProviderOptions provider)
    {
        if (provider is { Name: "azure", Url: "" or AnyTenant or AnyTenant + "/" })
        {
            options.Warn(
                "idp_provider",
                "any-tenant",
                "azure without a tenant in idp_provider_url admits accounts of any tenant",
                "set idp_provider_url to https://login.microsoftonline.com/TENANT/v2.0 or require claim/tid"
            );
        }
        if (provider.Url.Length == 0)
        {
            return;
        }
        if (UrlConverter.Check(provider.Url, out string cause) is not { } url)
        {
            options.Error(
                "idp_provider_url",
                "invalid-url",
                $"config: bad idp_provider_url: {cause}",
                "write the issuer's https URL"
            );
            return;
        }
        bool loopback = url.Host is "localhost" or "[::1]" || url.Host.StartsWith("127.", StringComparison.Ordinal);
        if (loopback || url.Scheme is "http")
        {
            options.Warn(
                "idp_provider_url",
                "insecure-provider",
                loopback ? "the identity provider is on this machine" : "the identity provider is reached without TLS",
                "use it for development only"
            );
        }
    }
}
