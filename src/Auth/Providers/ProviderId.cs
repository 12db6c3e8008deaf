using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Auth.Providers;

/// <summary>
/// Which provider a route uses, and the stable id by which sessions remember it (identity 0): whatever changes what
/// the provider would answer changes the id, and old sessions become those of another provider.
/// </summary>
public static class ProviderId
{
    /// <summary>The global provider with the route's client id and secret laid over it, field by field.</summary>
    public static ProviderOptions For(RouteConfig? route, ProviderOptions global) =>
        route is null || (route.IdpClientId is null && route.IdpClientSecret is null)
            ? global
            : global with
            {
                ClientId = route.IdpClientId ?? global.ClientId,
                ClientSecret = route.IdpClientSecret ?? global.ClientSecret,
            };

    /// <summary>URL-safe text of 43 characters.</summary>
    public static string Of(ProviderOptions provider, Uri? authenticateUrl)
    {
        StringBuilder text = new();
        void Part(string part) => text.Append(part.Length).Append(':').Append(part).Append('\n');
        Part(provider.Name);
        Part(provider.Url);
        Part(provider.ClientId);
        Part(provider.ClientSecret);
        foreach (string scope in provider.Scopes ?? [])
        {
            Part(scope);
        }
        if (provider.RequestParams is { } parameters)
        {
            foreach ((string name, string value) in parameters.OrderBy(static p => p.Key, StringComparer.Ordinal))
            {
                Part(name);
                Part(value);
            }
        }
        Part(authenticateUrl?.AbsoluteUri ?? "");
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
