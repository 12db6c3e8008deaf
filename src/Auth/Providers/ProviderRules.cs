using System.Collections.Immutable;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Auth.Providers;

/// <summary>What a configuration must say about its provider (identity 2.4, 4.1); what is doubtful in it, loading has warned of.</summary>
internal static class ProviderRules
{
    public static ImmutableArray<Diagnostic> Check(ConfigSnapshot snapshot)
    {
        ProviderOptions provider = snapshot.Identity.Provider;
        if (ProviderTable.Find(provider.Name) is not { } traits)
        {
            return
            [
                Problem(
                    snapshot,
                    "provider-unknown",
                    Severity.Error,
                    "idp_provider",
                    $"identity: unknown provider: {provider.Name}",
                    provider.Name,
                    "use one of " + string.Join(", ", ProviderTable.All.Select(static t => t.Name))
                ),
            ];
        }
        ImmutableArray<Diagnostic>.Builder problems = ImmutableArray.CreateBuilder<Diagnostic>();
        string url = traits.NormalizeUrl(provider.Url.Length > 0 ? provider.Url : traits.DefaultUrl);
        CheckUrl(snapshot, traits, url, problems);
        if (provider.ClientId.Length == 0 && snapshot.Routes.Any(static r => r.IdpClientId is null))
        {
            problems.Add(
                Problem(
                    snapshot,
                    "provider-client-missing",
                    Severity.Error,
                    "idp_client_id",
                    "identity: the client id is missing",
                    "",
                    "set idp_client_id and idp_client_secret as registered at the provider"
                )
            );
        }
        return problems.ToImmutable();
    }

    private static void CheckUrl(
        ConfigSnapshot snapshot,
        ProviderTraits traits,
        string url,
        ImmutableArray<Diagnostic>.Builder problems
    )
    {
        if (traits.DefaultUrl.Length == 0 && snapshot.Identity.Provider.Url.Length == 0)
        {
            problems.Add(
                Problem(
                    snapshot,
                    "provider-url-missing",
                    Severity.Error,
                    "idp_provider_url",
                    "identity/oidc: missing provider url",
                    "",
                    $"set idp_provider_url to the issuer of your {traits.Name} provider"
                )
            );
        }
        else if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("https" or "http"))
        {
            problems.Add(
                Problem(
                    snapshot,
                    "provider-url",
                    Severity.Error,
                    "idp_provider_url",
                    "identity: the provider's URL is no absolute https URL",
                    url,
                    "write it with https:// and the host"
                )
            );
        }
    }

    private static Diagnostic Problem(
        ConfigSnapshot snapshot,
        string code,
        Severity severity,
        string path,
        string message,
        string value,
        string remedy
    ) => new(code, severity, path, snapshot.Places.Find(path), message, value, remedy);
}
