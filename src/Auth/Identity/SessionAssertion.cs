using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Identity;

/// <summary>Assertions for the endpoints that show them (identity 1.1), made on demand. Thread-safe.</summary>
public sealed class SessionAssertion(ConfigSnapshot snapshot, SigningKeys keys)
{
    private static readonly string[] OfTheToken = ["iss", "aud", "exp", "iat", "jti"];
    private readonly IdentityPlan _plan = new(snapshot, keys, notices: null);

    /// <summary>The signed assertion for this host.</summary>
    public string Token(SessionRecord session, UserRecord? user, string authority, DateTimeOffset now) =>
        Encoding.ASCII.GetString(
            Assertion
                .Make(
                    _plan,
                    new AssertionFacts(session, user, _plan.Claims),
                    AudienceKey.Of(
                        Encoding.ASCII.GetBytes(authority),
                        snapshot.Identity.IssuerFormat,
                        _plan.GroupsOfAll
                    ),
                    now.ToUnixTimeMilliseconds()
                )
                .Token
        );

    /// <summary>The claims about the user alone, as a JSON object.</summary>
    public void WriteUser(Utf8JsonWriter json, SessionRecord session, UserRecord? user)
    {
        string token = Token(session, user, "localhost", session.IssuedAt);
        JsonElement payload = JsonElement.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]));
        json.WriteStartObject();
        foreach (JsonProperty claim in payload.EnumerateObject())
        {
            if (!OfTheToken.Contains(claim.Name, StringComparer.Ordinal))
            {
                claim.WriteTo(json);
            }
        }
        json.WriteEndObject();
    }
}
