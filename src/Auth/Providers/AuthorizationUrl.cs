using System.Collections.Frozen;
using Pomerium.Fast.Auth.SignIn;

namespace Pomerium.Fast.Auth.Providers;

/// <summary>The URL that begins a login at the provider (identity 2.4).</summary>
internal static class AuthorizationUrl
{
    /// <summary>What the configuration may not replace: the flow's own safety hangs on it.</summary>
    private static readonly FrozenSet<string> Reserved = new[]
    {
        "state",
        "redirect_uri",
        "client_id",
        "response_type",
        "nonce",
        "code_challenge",
        "code_challenge_method",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <param name="endpoint">The authorization endpoint; a query of its own is kept.</param>
    public static string Make(
        string endpoint,
        string clientId,
        IEnumerable<string> scopes,
        IReadOnlyDictionary<string, string> extra,
        AuthorizationRequest request
    )
    {
        int cut = endpoint.IndexOf('?', StringComparison.Ordinal);
        QueryParameters query =
            cut >= 0 && QueryParameters.TryParse(endpoint.AsSpan(cut + 1), out QueryParameters? given) ? given : new();
        foreach ((string name, string value) in extra)
        {
            if (!Reserved.Contains(name))
            {
                query.Set(name, value);
            }
        }
        query
            .Set("client_id", clientId)
            .Set("redirect_uri", request.RedirectUri)
            .Set("response_type", "code")
            .Set("state", request.State);
        if (!extra.ContainsKey("scope"))
        {
            query.Set("scope", string.Join(' ', scopes));
        }
        if (request.Nonce is { } nonce)
        {
            query.Set("nonce", nonce);
        }
        if (request.CodeChallenge is { } challenge)
        {
            query.Set("code_challenge", challenge).Set("code_challenge_method", "S256");
        }
        return (cut < 0 ? endpoint : endpoint[..cut]) + "?" + query.Encode();
    }
}
