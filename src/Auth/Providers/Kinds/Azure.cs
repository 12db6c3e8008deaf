using System.Collections.Immutable;

namespace Pomerium.Fast.Auth.Providers.Kinds;

/// <summary>
/// Microsoft Entra ID. The common endpoint names its issuer with a placeholder for the tenant, so any tenant may sign
/// in there (identity 4.3).
/// </summary>
internal static class Azure
{
    private const string Common = "https://login.microsoftonline.com/common/v2.0";

    public static ProviderTraits Traits { get; } =
        new()
        {
            Name = "azure",
            DefaultUrl = Common,
            Scopes = static _ => ProviderTraits.StandardScopes,
            RequestParams = ImmutableDictionary<string, string>.Empty.Add("prompt", "select_account"),
            IssuerDiffers = static url => string.Equals(url, Common, StringComparison.Ordinal),
        };
}
