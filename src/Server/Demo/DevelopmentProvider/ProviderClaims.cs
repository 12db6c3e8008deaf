using System.Collections.Immutable;
using System.Security.Claims;
using System.Text.Json;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Pomerium.Fast.Server.Demo.DevelopmentProvider;

/// <summary>From a person to the claims of tokens and of userinfo.</summary>
internal static class ProviderClaims
{
    public const string Grant = "demo_grant";
    public const string Turn = "demo_turn";
    public const string Groups = "groups";

    /// <summary>Says in every assertion that this identity means nothing.</summary>
    public const string Demo = "demo";

    public static ClaimsPrincipal Principal(
        Person person,
        ImmutableArray<string> scopes,
        Uri origin,
        string grant,
        string turn
    )
    {
        ClaimsIdentity identity = new("demo", Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, person.Id);
        identity.SetClaim(Claims.Name, person.Name);
        identity.SetClaim(Claims.Email, person.Email);
        identity.SetClaim(Claims.EmailVerified, person.EmailVerified);
        identity.SetClaim(Claims.Picture, Picture(person, origin));
        identity.SetClaims(Groups, person.Groups);
        identity.SetClaim(Demo, value: true);
        identity.SetClaim(Grant, grant);
        identity.SetClaim(Turn, turn);
        ClaimsPrincipal principal = new(identity);
        principal.SetScopes(scopes);
        principal.SetDestinations(Destinations);
        return principal;
    }

    /// <summary>The same person in the next turn of the grant.</summary>
    public static ClaimsPrincipal Next(ClaimsPrincipal previous, string turn)
    {
        ClaimsIdentity identity = new(previous.Claims, "demo", Claims.Name, Claims.Role);
        identity.SetClaim(Turn, turn);
        ClaimsPrincipal principal = new(identity);
        principal.SetDestinations(Destinations);
        return principal;
    }

    public static void WriteUserInfo(Utf8JsonWriter writer, ClaimsPrincipal principal)
    {
        writer.WriteStartObject();
        foreach (string claim in (ReadOnlySpan<string>)[Claims.Subject, Claims.Name, Claims.Email, Claims.Picture])
        {
            writer.WriteString(claim, principal.GetClaim(claim));
        }
        writer.WriteBoolean(Claims.EmailVerified, IsTrue(principal, Claims.EmailVerified));
        writer.WriteBoolean(Demo, IsTrue(principal, Demo));
        writer.WriteStartArray(Groups);
        foreach (string group in principal.GetClaims(Groups))
        {
            writer.WriteStringValue(group);
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static bool IsTrue(ClaimsPrincipal principal, string claim) =>
        string.Equals(principal.GetClaim(claim), "true", StringComparison.OrdinalIgnoreCase);

    private static string Picture(Person person, Uri origin) =>
        new Uri(origin, "picture?name=" + Uri.EscapeDataString(person.Name)).AbsoluteUri;

    // Codes and refresh tokens hold every claim anyway; the turn is for them alone.
    private static IEnumerable<string> Destinations(Claim claim) =>
        claim.Type switch
        {
            Turn => [],
            Grant => [OpenIddictConstants.Destinations.AccessToken],
            _ => [OpenIddictConstants.Destinations.AccessToken, OpenIddictConstants.Destinations.IdentityToken],
        };
}
