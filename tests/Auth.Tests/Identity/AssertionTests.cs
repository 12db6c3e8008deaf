using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Pomerium.Fast.Auth.Sessions;
using Pomerium.Fast.Auth.Tests.Handlers;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Tests.Identity;

/// <summary>What upstreams are told (identity 6), checked with another library against our own JWKS.</summary>
public sealed class AssertionTests
{
    private const string App = "app.example.com";
    private const string AssertionHeader = "X-Pomerium-Jwt-Assertion";
    private readonly Gate _gate = new();

    [Fact]
    public async Task The_assertion_verifies_against_the_published_keys_and_says_who_it_is()
    {
        string cookie = SignIn(_gate.NewSession("s"));
        JsonWebToken token = await AssertionAsync(App, cookie);
        Assert.Equal(App, token.Issuer);
        Assert.Equal(App, Assert.Single(token.Audiences));
        Assert.Equal("ES256", token.Alg);
        Assert.Equal(_gate.Keys.Current.Id, token.Kid);
        Assert.Equal("JWT", token.Typ);
        Assert.Equal("ann", token.Subject);
        Assert.Equal("ann", token.GetPayloadValue<string>("user"));
        Assert.Equal("ann@example.com", token.GetPayloadValue<string>("email"));
        Assert.Equal<string>(["admins", "users"], token.GetPayloadValue<string[]>("groups"));
        Assert.Equal("s", token.GetPayloadValue<string>("sid"));
        Assert.Equal("Ann A", token.GetPayloadValue<string>("name"));
        Assert.True(Guid.TryParse(token.Id, out _));
        long now = _gate.Clock.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal(now, token.GetPayloadValue<long>("iat"));
        Assert.Equal(now + 300, token.GetPayloadValue<long>("exp"));
        Assert.False(token.TryGetPayloadValue("custom", out string _));
    }

    [Theory]
    [InlineData("app.example.com", "app.example.com", "app.example.com")]
    [InlineData("APP.Example.com", "app.example.com", "app.example.com")]
    [InlineData("app.example.com:443", "app.example.com", "app.example.com")]
    [InlineData("app.example.com:8443", "app.example.com:8443", "app.example.com:8443")]
    [InlineData("uri.example.com", "uri.example.com", "https://uri.example.com/")]
    [InlineData("uri.example.com:8443", "uri.example.com:8443", "https://uri.example.com:8443/")]
    public async Task Audience_and_issuer_are_the_routed_authority(string host, string audience, string issuer) // IA-50, IA-52, U-90
    {
        string cookie = SignIn(_gate.NewSession("s"));
        JsonWebToken token = await AssertionAsync(host, cookie, "X-Forwarded-Host: evil.test");
        Assert.Equal((audience, issuer), (Assert.Single(token.Audiences), token.Issuer));
    }

    [Fact]
    public async Task A_visitor_of_a_public_route_has_an_assertion_with_nobody_in_it()
    {
        JsonWebToken token = await AssertionAsync("public.example.com");
        foreach (string claim in new[] { "sub", "user", "email", "sid", "name" })
        {
            Assert.Equal("", token.GetPayloadValue<string>(claim));
        }
        Assert.Empty(token.GetPayloadValue<string[]>("groups"));
        Assert.Equal("", _gate.UpstreamLines()["x-pomerium-claim-email"]);
    }

    [Fact]
    public async Task A_signed_in_visitor_of_a_public_route_is_named()
    {
        JsonWebToken token = await AssertionAsync("public.example.com", SignIn(_gate.NewSession("s")));
        Assert.Equal("ann", token.Subject);
    }

    [Fact]
    public void With_the_switch_off_nothing_is_sent_but_templates_have_their_values()
    {
        _gate.Send("quiet.example.com", "/", SignIn(_gate.NewSession("s")));
        Assert.Equal(0, _gate.Exchange.Edits.BlockCount);
        IIdentityValues values = _gate.Exchange.IdentityValues!;
        Assert.Equal("access-token", Encoding.UTF8.GetString(values.AccessToken));
        Assert.Equal("id.token.raw", Encoding.UTF8.GetString(values.IdToken));
        Assert.Equal(2, values.Assertion(_gate.Exchange).Count((byte)'.'));
    }

    [Fact]
    public void The_template_and_the_header_have_the_same_assertion()
    {
        _gate.Send(App, "/", SignIn(_gate.NewSession("s")));
        string template = Encoding.ASCII.GetString(_gate.Exchange.IdentityValues!.Assertion(_gate.Exchange));
        Assert.Equal(template, _gate.UpstreamLines()[AssertionHeader]);
    }

    [Fact]
    public void A_visitor_has_no_template_values()
    {
        _gate.Send("public.example.com", "/");
        Assert.Null(_gate.Exchange.IdentityValues);
    }

    [Fact]
    public void Claim_headers_are_joined_and_empty_when_the_claim_is_missing()
    {
        _gate.Send(App, "/", SignIn(_gate.NewSession("s")));
        Dictionary<string, string> lines = _gate.UpstreamLines();
        Assert.Equal("ann@example.com", lines["x-pomerium-claim-email"]);
        Assert.Equal("admins,users", lines["x-pomerium-claim-groups"]);
        Assert.Equal("", lines["X-Custom"]);
        Assert.Equal(4, lines.Count);
    }

    public static TheoryData<object?[], string> Values =>
        new()
        {
            { ["text"], "text" },
            { ["a", "b,c"], "a,b,c" }, // IA-48: the list in the assertion stays exact
            { [17d], "17" },
            { [1700000000d], "1700000000" },
            { [1.5, -0.25], "1.5,-0.25" },
            { [12345678901234567890d], "12345678901234600000" },
            { [true, false], "true,false" },
            { ["a", null], "a" },
            { [""], "" },
            { ["a\r\nX-Admin: 1"], "a  X-Admin: 1" }, // IA-47
            { ["\0\u0001\u007f\t"], "    " },
            { ["  lead"], "  lead" },
            { ["\u00e4\u4e2d"], "\u00e4\u4e2d" },
        };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_claim_value_makes_one_header_whatever_it_holds(object?[] values, string expected)
    {
        SessionRecord session = _gate.NewSession("s") with { Claims = Gate.Claims(("custom", [.. values])) };
        _gate.Send(App, "/", SignIn(session));
        Dictionary<string, string> lines = _gate.UpstreamLines();
        Assert.Equal(expected, lines["X-Custom"]);
        Assert.Equal(4, lines.Count);
    }

    [Fact]
    public void A_huge_claim_is_sent_whole() // IA-47
    {
        SessionRecord session = _gate.NewSession("s") with
        {
            Claims = Gate.Claims(("custom", [new string('x', 100 * 1024)])),
        };
        _gate.Send(App, "/", SignIn(session));
        Assert.Equal(100 * 1024, _gate.UpstreamLines()["X-Custom"].Length);
    }

    [Fact]
    public async Task A_providers_claim_never_replaces_a_base_claim() // IA-28
    {
        string[] names = ["iss", "aud", "jti", "iat", "exp", "sub", "user", "email", "sid"];
        Gate gate = new(s =>
            s with
            {
                Identity = s.Identity with
                {
                    ClaimHeaders = [.. names.Select(static n => new ClaimHeader("X-" + n, n))],
                },
            }
        );
        (string, ImmutableArray<object?>)[] forged =
        [
            .. names.Select(static n => (n, ImmutableArray.Create<object?>("forged"))),
        ];
        string handle = gate.SignIn(gate.NewSession("s") with { Claims = Gate.Claims(forged) });
        gate.Send(App, "/", "Cookie: _pomerium=" + handle);
        Dictionary<string, string> lines = gate.UpstreamLines();
        JsonWebToken token = await VerifyAsync(gate, lines[AssertionHeader]);
        Assert.DoesNotContain("forged", lines.Values);
        Assert.DoesNotContain("forged", Base64UrlEncoder.Decode(token.EncodedPayload), StringComparison.Ordinal);
        Assert.Equal((App, "ann", "s"), (lines["X-aud"], lines["X-sub"], lines["X-sid"]));
        Assert.Equal(token.Id, lines["X-jti"]);
    }

    [Fact]
    public async Task Claims_named_by_the_operator_are_in_the_assertion_the_users_when_the_session_has_none()
    {
        SessionRecord session = _gate.NewSession("s");
        _gate.SignIn(session);
        UserRecord user = new()
        {
            Id = "ann",
            Email = "e@x.test",
            Claims = Gate.Claims(("custom", [5d])),
        };
        await _gate.Store.PutUserAsync(user, default);
        string cookie = SignIn(session, email: null);
        JsonWebToken token = await AssertionAsync(App, cookie);
        Assert.Equal("5", token.GetPayloadValue<string>("custom"));
    }

    [Fact]
    public void One_assertion_serves_a_minute_and_leaves_four()
    {
        string cookie = SignIn(_gate.NewSession("s"));
        string first = Assertion(App, cookie);
        _gate.Advance(TimeSpan.FromSeconds(39));
        Assert.Equal(first, Assertion(App, cookie));
        _gate.Advance(TimeSpan.FromSeconds(21));
        string second = Assertion(App, cookie);
        Assert.NotEqual(first, second);
        Assert.Equal(
            _gate.Clock.GetUtcNow().ToUnixTimeSeconds(),
            new JsonWebToken(second).GetPayloadValue<long>("iat")
        );
    }

    [Fact]
    public void A_successor_is_made_beside_the_requests()
    {
        string cookie = SignIn(_gate.NewSession("s"));
        string first = Assertion(App, cookie);
        _gate.Advance(TimeSpan.FromSeconds(45));
        Assert.Equal(first, Assertion(App, cookie));
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(10));
        while (string.Equals(Assertion(App, cookie), first, StringComparison.Ordinal))
        {
            patience.Token.ThrowIfCancellationRequested();
            Thread.Yield();
        }
    }

    [Fact]
    public void A_changed_record_voids_the_assertion()
    {
        SessionRecord session = _gate.NewSession("s");
        string cookie = SignIn(session);
        string first = Assertion(App, cookie);
        _gate.SignIn(session with { Claims = Gate.Claims(("groups", ["new"])) });
        string second = Assertion(App, cookie);
        Assert.NotEqual(first, second);
        Assert.Equal<string>(["new"], new JsonWebToken(second).GetPayloadValue<string[]>("groups"));
    }

    [Fact]
    public void An_assertion_never_outlives_its_session() // identity 6.2
    {
        SessionRecord session = _gate.NewSession("s") with { ExpiresAt = _gate.Clock.GetUtcNow().AddSeconds(90) };
        JsonWebToken token = new(Assertion(App, SignIn(session)));
        Assert.Equal(session.ExpiresAt.ToUnixTimeSeconds(), token.GetPayloadValue<long>("exp"));
    }

    [Fact]
    public async Task A_wildcard_route_makes_one_for_each_host_and_keeps_a_few()
    {
        string cookie = SignIn(_gate.NewSession("s"));
        string first = Assertion("h0.any.example.com", cookie);
        for (int i = 0; i < 40; i++)
        {
            JsonWebToken token = await AssertionAsync($"h{i}.any.example.com", cookie);
            Assert.Equal($"h{i}.any.example.com", Assert.Single(token.Audiences));
        }
        Assert.NotEqual(first, Assertion("h0.any.example.com", cookie));
    }

    [Fact]
    public async Task An_RSA_key_signs_off_the_loop()
    {
        using RSA rsa = RSA.Create(2048);
        Gate gate = new(s =>
            s with
            {
                Secrets = s.Secrets with { SigningKeyPem = Encoding.ASCII.GetBytes(rsa.ExportPkcs8PrivateKeyPem()) },
            }
        );
        string cookie = "Cookie: _pomerium=" + gate.SignIn(gate.NewSession("s"));
        gate.Loop.RunUntilIdle();
        gate.Exchange.Reset();
        gate.Prepare(App, "/", cookie);
        Assert.Equal(Step.Continue, gate.Run());
        JsonWebToken token = await VerifyAsync(gate, gate.UpstreamLines()[AssertionHeader]);
        Assert.Equal("RS256", token.Alg);
    }

    [Theory]
    [InlineData("X-Pomerium-Jwt-Assertion: from.front.proxy", "from.front.proxy")]
    [InlineData("x-pomerium-jwt-assertion-for: for.front.proxy", "for.front.proxy")]
    [InlineData("X-Pomerium-Jwt-Assertion: one", "two", "X-Pomerium-Jwt-Assertion-For: two")]
    public void What_a_proxy_in_front_said_is_passed_on_as_its_word(string field, string expected, params string[] more) // IA-44
    {
        string cookie = SignIn(_gate.NewSession("s"));
        for (int i = 0; i < 2; i++)
        {
            _gate.Send(App, "/", [cookie, field, .. more]);
            Dictionary<string, string> lines = _gate.UpstreamLines();
            Assert.Equal(expected, lines["X-Pomerium-Jwt-Assertion-For"]);
            Assert.Equal(2, lines[AssertionHeader].Count(static c => c == '.'));
            Assert.NotEqual(expected, lines[AssertionHeader]);
        }
    }

    [Fact]
    public void The_view_of_another_user_has_other_claims()
    {
        string ann = SignIn(_gate.NewSession("s"));
        string bob = "Cookie: _pomerium=" + _gate.SignIn(_gate.NewSession("b", "bob"), "bob@example.com");
        Assert.Equal("ann", new JsonWebToken(Assertion(App, ann)).Subject);
        Assert.Equal("bob", new JsonWebToken(Assertion(App, bob)).Subject);
        Assert.Equal("bob@example.com", ((SessionView)_gate.Exchange.Session!).User!.Email);
    }

    private string SignIn(SessionRecord session, string? email = "ann@example.com") =>
        "Cookie: _pomerium=" + _gate.SignIn(session, email);

    private string Assertion(string host, params string[] fields)
    {
        Assert.Equal(Step.Continue, _gate.Send(host, "/", fields));
        return _gate.UpstreamLines()[AssertionHeader];
    }

    private Task<JsonWebToken> AssertionAsync(string host, params string[] fields) =>
        VerifyAsync(_gate, Assertion(host, fields));

    private static async Task<JsonWebToken> VerifyAsync(Gate gate, string token)
    {
        JsonWebKeySet keys = new(Encoding.ASCII.GetString(gate.Keys.JwksJson));
        TokenValidationResult result = await new JsonWebTokenHandler().ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                IssuerSigningKeys = keys.GetSigningKeys(),
                ValidateIssuer = false,
                ValidateAudience = false,
                ValidateLifetime = false, // the clock of these tests is not the library's
            }
        );
        Assert.True(result.IsValid, result.Exception?.Message);
        return (JsonWebToken)result.SecurityToken;
    }
}
