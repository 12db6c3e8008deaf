using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Pomerium.Fast.Server.Demo.DevelopmentProvider;

/// <summary>What the library leaves to its host when it runs without a store: who the client is, and where it may be sent.</summary>
internal sealed class ProviderEvents(ProviderSettings settings, Grants grants, Uri browserOrigin)
{
    // A stranger learns nothing about codes and tokens: the client proves itself before they are looked at.
    private const int BeforeAll = int.MinValue + 1000;

    public void Register(OpenIddictServerBuilder server)
    {
        server.AddEventHandler<ValidateAuthorizationRequestContext>(e => e.UseInlineHandler(OnAuthorization));
        server.AddEventHandler<ValidateTokenRequestContext>(e => e.UseInlineHandler(OnToken).SetOrder(BeforeAll));
        server.AddEventHandler<ValidateRevocationRequestContext>(e =>
            e.UseInlineHandler(OnRevocation).SetOrder(BeforeAll)
        );
        server.AddEventHandler<HandleRevocationRequestContext>(e => e.UseInlineHandler(OnRevoke));
        server.AddEventHandler<ValidateEndSessionRequestContext>(e => e.UseInlineHandler(OnEndSession));
        server.AddEventHandler<HandleConfigurationRequestContext>(e =>
            e.UseInlineHandler(OnConfiguration).SetOrder(int.MaxValue - 1000)
        );
    }

    private ValueTask OnAuthorization(ValidateAuthorizationRequestContext context)
    {
        if (!settings.IsClient(context.ClientId))
        {
            context.Reject(Errors.InvalidRequest, "The client is not known here.");
        }
        else if (!string.Equals(context.RedirectUri, settings.RedirectUri, StringComparison.Ordinal))
        {
            context.Reject(Errors.InvalidRequest, "The redirect URI is not the registered one.");
        }
        else if (string.IsNullOrEmpty(context.Request.State) || string.IsNullOrEmpty(context.Request.Nonce))
        {
            context.Reject(Errors.InvalidRequest, "A state and a nonce are required.");
        }
        return default;
    }

    private ValueTask OnToken(ValidateTokenRequestContext context)
    {
        if (!settings.IsClient(context.ClientId) || !settings.IsSecret(context.ClientSecret))
        {
            context.Reject(Errors.InvalidClient, "The client or its secret is wrong.");
        }
        return default;
    }

    private ValueTask OnRevocation(ValidateRevocationRequestContext context)
    {
        if (!settings.IsClient(context.ClientId) || !settings.IsSecret(context.ClientSecret))
        {
            context.Reject(Errors.InvalidClient, "The client or its secret is wrong.");
        }
        return default;
    }

    private ValueTask OnRevoke(HandleRevocationRequestContext context)
    {
        if (context.GenericTokenPrincipal.GetClaim(ProviderClaims.Grant) is { } grant)
        {
            grants.End(grant);
        }
        return default;
    }

    private ValueTask OnEndSession(ValidateEndSessionRequestContext context)
    {
        if (
            context.PostLogoutRedirectUri is { Length: > 0 } uri
            && !string.Equals(uri, settings.PostLogoutRedirectUri, StringComparison.Ordinal)
        )
        {
            context.Reject(Errors.InvalidRequest, "The address to return to is not the registered one.");
        }
        return default;
    }

    /// <summary>
    /// The proxy dials the issuer by address, since <c>*.localhost</c> is a name for browsers only; the two endpoints
    /// that a browser visits get the readable name. The last member lets a real proxy refuse this provider.
    /// </summary>
    private ValueTask OnConfiguration(HandleConfigurationRequestContext context)
    {
        context.AuthorizationEndpoint = new Uri(browserOrigin, DevelopmentIdentityProvider.AuthorizePath);
        context.EndSessionEndpoint = new Uri(browserOrigin, DevelopmentIdentityProvider.EndSessionPath);
        context.Metadata["pomerium_demo"] = true;
        return default;
    }
}
