using System.Collections.Immutable;

namespace Pomerium.Fast.Auth.Providers;

/// <summary>What sets one kind of provider apart from generic OpenID Connect (identity 4.1 to 4.10).</summary>
public sealed record ProviderTraits
{
    /// <summary>The value of <c>idp_provider</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Empty: <c>idp_provider_url</c> is required.</summary>
    public string DefaultUrl { get; init; } = "";

    /// <summary>Default scopes, which may depend on the provider's URL.</summary>
    public required Func<string, ImmutableArray<string>> Scopes { get; init; }

    /// <summary>Default parameters of the authorization URL; <c>idp_request_params</c> replaces them as a whole.</summary>
    public ImmutableDictionary<string, string> RequestParams { get; init; } = ImmutableDictionary<string, string>.Empty;

    public Func<string, string> NormalizeUrl { get; init; } = static url => url;

    /// <summary>The discovery document names another issuer than the URL, by design of the provider.</summary>
    public Func<string, bool> IssuerDiffers { get; init; } = static _ => false;
    public SignOutForm SignOut { get; init; } = SignOutForm.EndSession;
    public ProviderProtocol Protocol { get; init; } = ProviderProtocol.OpenIdConnect;

    /// <summary>Where tokens are revoked when discovery does not say: a path on the authorize host.</summary>
    public string? RevocationPath { get; init; }

    internal static ImmutableArray<string> StandardScopes { get; } = ["openid", "profile", "email", "offline_access"];
}

public enum ProviderProtocol
{
    OpenIdConnect,
    GitHub,
}

/// <summary>How a sign-out goes on at the provider (identity 3.5, 4.10).</summary>
public enum SignOutForm
{
    None,

    /// <summary><c>end_session_endpoint</c> when discovery names one.</summary>
    EndSession,

    /// <summary><c>/v2/logout</c> on the authorize host.</summary>
    Auth0,

    /// <summary><c>/logout</c> on the authorize host; the target waits in a cookie.</summary>
    Cognito,
}
