using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Pomerium.Fast.Auth.Credentials;
using Pomerium.Fast.State.Broker;

namespace Pomerium.Fast.Auth.Tests.Credentials;

public sealed class HandleCodecTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];
    private readonly HandleCodec _codec = new(Secret);

    private static readonly SessionHandle Handle = new()
    {
        Id = "0b0c",
        UserId = "user|1",
        ProviderId = "idp",
        Issuer = "auth.example.com",
        Audience = ["auth.example.com", "app.example.com:8443"],
        IssuedAt = 1_700_000_000,
        Version = new RecordVersion(ulong.MaxValue, 42),
    };

    [Fact]
    public void A_handle_comes_back_as_it_was_made()
    {
        SessionHandle? read = _codec.Verify(_codec.Encode(Handle), out HandleFault fault);
        Assert.Equal(HandleFault.None, fault);
        Assert.Equal(Handle with { Audience = read!.Audience }, read);
        Assert.Equal<string>([.. Handle.Audience], [.. read.Audience]);
    }

    [Fact]
    public async Task Another_library_agrees_with_signature_and_claims()
    {
        JsonWebTokenHandler other = new();
        TokenValidationResult result = await other.ValidateTokenAsync(
            _codec.Encode(Handle),
            new TokenValidationParameters
            {
                IssuerSigningKey = new SymmetricSecurityKey(Secret),
                ValidAlgorithms = ["HS256"],
                ValidIssuer = "auth.example.com",
                ValidAudience = "app.example.com:8443",
                RequireExpirationTime = false,
                ValidateLifetime = false,
            }
        );
        Assert.True(result.IsValid, result.Exception?.Message);
        JsonWebToken token = (JsonWebToken)result.SecurityToken;
        Assert.Equal("0b0c", token.Id);
        Assert.Equal("user|1", token.Subject);
        Assert.Equal("idp", token.GetPayloadValue<string>("idp_id"));
        Assert.Equal(42, token.GetPayloadValue<long>("databroker_record_version"));
        Assert.False(token.TryGetPayloadValue("exp", out long _));
    }

    [Fact]
    public void The_header_is_exactly_the_one_of_the_format() =>
        Assert.StartsWith("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.", _codec.Encode(Handle), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"alg":"HS256"}""", HandleFault.None)]
    [InlineData("""{"typ":"JWT","alg":"HS256","x":{"alg":"none"}}""", HandleFault.None)]
    [InlineData("""{"alg":"none"}""", HandleFault.WrongAlgorithm)]
    [InlineData("""{"alg":"None"}""", HandleFault.WrongAlgorithm)]
    [InlineData("""{"alg":"hs256"}""", HandleFault.WrongAlgorithm)]
    [InlineData("""{"alg":"HS384"}""", HandleFault.WrongAlgorithm)]
    [InlineData("""{"alg":"RS256"}""", HandleFault.WrongAlgorithm)]
    [InlineData("""{"alg":["HS256"]}""", HandleFault.WrongAlgorithm)]
    [InlineData("""{"typ":"JWT"}""", HandleFault.WrongAlgorithm)]
    [InlineData("""{"alg":"HS256","alg":"none"}""", HandleFault.WrongAlgorithm)]
    [InlineData("""{"alg":"HS256","alg":"HS256"}""", HandleFault.WrongAlgorithm)]
    [InlineData("""{"alg":"HS256","crit":["exp"]}""", HandleFault.WrongAlgorithm)]
    [InlineData("""["HS256"]""", HandleFault.WrongAlgorithm)]
    [InlineData("""{"alg":"HS256" """, HandleFault.WrongAlgorithm)]
    public void Only_HS256_named_once_is_accepted_even_with_our_signature(string header, HandleFault expected) // IA-31
    {
        SessionHandle? handle = _codec.Verify(Sign(header, """{"jti":"a"}"""), out HandleFault fault);
        Assert.Equal(expected, fault);
        Assert.Equal(expected == HandleFault.None, handle is not null);
    }

    [Theory]
    [InlineData("", HandleFault.NotCompact)]
    [InlineData("abc", HandleFault.NotCompact)]
    [InlineData("a.b", HandleFault.NotCompact)]
    [InlineData("a..c", HandleFault.NotCompact)]
    [InlineData(".b.c", HandleFault.NotCompact)]
    [InlineData("a.b.c.d", HandleFault.NotCompact)]
    [InlineData("a.b.c", HandleFault.WrongSignature)]
    [InlineData("a.b.", HandleFault.WrongSignature)]
    [InlineData("\u00e4.b.c", HandleFault.NotCompact)]
    public void What_is_no_handle_is_a_fault_and_no_exception(string token, HandleFault expected)
    {
        Assert.Null(_codec.Verify(token, out HandleFault fault));
        Assert.Equal(expected, fault);
    }

    [Theory]
    [InlineData("{}", HandleFault.NoSessionId)]
    [InlineData("""{"jti":""}""", HandleFault.NoSessionId)]
    [InlineData("""{"jti":null}""", HandleFault.NoSessionId)]
    [InlineData("""{"exp":1}""", HandleFault.NoSessionId)] // IA-38: the token of internal calls
    [InlineData("""{"jti":7}""", HandleFault.WrongPayload)]
    [InlineData("""{"jti":"a","exp":"soon"}""", HandleFault.WrongPayload)]
    [InlineData("""{"jti":"a","exp":-5}""", HandleFault.WrongPayload)]
    [InlineData("""[]""", HandleFault.WrongPayload)]
    [InlineData("nonsense", HandleFault.WrongPayload)]
    public void A_payload_without_a_session_is_no_handle(string payload, HandleFault expected)
    {
        Assert.Null(_codec.Verify(Sign("""{"alg":"HS256","typ":"JWT"}""", payload), out HandleFault fault));
        Assert.Equal(expected, fault);
    }

    [Fact]
    public void Every_changed_character_is_noticed() // IA-32
    {
        string token = _codec.Encode(Handle);
        for (int i = 0; i < token.Length; i++)
        {
            char[] changed = token.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            Assert.Null(_codec.Verify(new string(changed), out _));
        }
    }

    [Fact]
    public void A_signature_has_one_spelling()
    {
        string token = _codec.Encode(Handle);
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        // The last character of 32 bytes in base64url has two bits that decode to nothing.
        int last = Alphabet.IndexOf(token[^1], StringComparison.Ordinal);
        Assert.All(
            Enumerable.Range(1, 3),
            i => Assert.Null(_codec.Verify(token[..^1] + Alphabet[(last & ~3) | ((last + i) & 3)], out _))
        );
        Assert.Null(_codec.Verify(token + "=", out _));
    }

    [Fact]
    public void Another_secret_verifies_nothing()
    {
        HandleCodec other = new(RandomNumberGenerator.GetBytes(32));
        Assert.Null(other.Verify(_codec.Encode(Handle), out HandleFault fault));
        Assert.Equal(HandleFault.WrongSignature, fault);
    }

    [Fact]
    public void More_than_four_KiB_is_not_looked_at()
    {
        string token = Sign("""{"alg":"HS256","typ":"JWT"}""", $$"""{"jti":"{{new string('a', 4000)}}"}""");
        Assert.Null(_codec.Verify(token, out HandleFault fault));
        Assert.Equal(HandleFault.TooLong, fault);
    }

    [Fact]
    public void Claims_that_a_handle_has_not_have_no_effect() // U-54, U-55
    {
        string token = Sign(
            """{"alg":"HS256","typ":"JWT"}""",
            """{"jti":"a","sub":"u","email":"x","groups":["g"],"impersonate_email":"y","user":{"id":"z"}}"""
        );
        SessionHandle handle = _codec.Verify(token, out _)!;
        Assert.Equal(("a", "u", ""), (handle.Id, handle.UserId, handle.ProviderId));
    }

    [Fact]
    public void Versions_may_be_texts_and_times_may_have_fractions()
    {
        string token = Sign(
            """{"alg":"HS256"}""",
            """{"jti":"a","sub":"u","oid":"o","aud":"one","databroker_server_version":"18446744073709551615","databroker_record_version":7,"iat":1.5}"""
        );
        SessionHandle handle = _codec.Verify(token, out _)!;
        Assert.Equal(new RecordVersion(ulong.MaxValue, 7), handle.Version);
        Assert.Equal(("o", 1L), (handle.UserId, handle.IssuedAt));
        Assert.Equal("one", Assert.Single(handle.Audience));
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(1000, 0, true)]
    [InlineData(941, 0, true)]
    [InlineData(940, 0, false)]
    [InlineData(0, 1060, true)]
    [InlineData(0, 1061, false)]
    public void Its_own_times_count_with_a_minute_of_leeway(long expires, long notBefore, bool timely) // IA-39
    {
        SessionHandle handle = Handle with { ExpiresAt = expires, NotBefore = notBefore };
        Assert.Equal(timely, handle.IsTimely(1_000_000));
    }

    private static string Sign(string header, string payload)
    {
        string signed =
            Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))
            + "."
            + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload));
        return signed + "." + Base64Url.EncodeToString(HMACSHA256.HashData(Secret, Encoding.ASCII.GetBytes(signed)));
    }
}
