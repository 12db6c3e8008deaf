using System.Text;
using Pomerium.Fast.Auth.Policy;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Tests.Handlers;

/// <summary>Order of decision and forms of the answer (policy 1, routing 14, 17).</summary>
public sealed class DecisionTests
{
    private const string Html = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    private readonly Gate _gate = new();

    [Theory]
    [InlineData("public.example.com", "pass")]
    [InlineData("app.example.com", "302")]
    [InlineData("admin.example.com", "302")]
    [InlineData("closed.example.com", "page 403")] // no rules: nobody, and no sign-in either
    [InlineData("nowhere.example.com", "RouteNotFound")]
    public void Anonymous(string host, string expected) => Assert.Equal(expected, Get(host, "/", Html));

    [Theory]
    [InlineData("public.example.com", "pass")]
    [InlineData("app.example.com", "pass")]
    [InlineData("admin.example.com", "page 403")]
    [InlineData("closed.example.com", "page 403")]
    public void Signed_in(string host, string expected)
    {
        string cookie = "Cookie: _pomerium=" + _gate.SignIn(_gate.NewSession("s"));
        Assert.Equal(expected, Get(host, "/", Html, cookie));
    }

    [Fact]
    public void The_named_user_passes()
    {
        SessionRecord session = _gate.NewSession("r", "root");
        string cookie = "Cookie: _pomerium=" + _gate.SignIn(session, "root@example.com");
        Assert.Equal("pass", Get("admin.example.com", "/", cookie));
    }

    public static TheoryData<string[], string> Clients =>
        new()
        {
            { [], "302" },
            { [Html], "302" },
            { ["Accept: */*"], "302" },
            { ["Accept: "], "302" },
            { ["Accept: nonsense"], "302" },
            { ["Accept: image/png"], "302" },
            { ["Accept: application/json, text/html"], "401 application/json" },
            { ["Accept: text/html, application/json"], "302" },
            { ["Accept: application/json;q=0.5, text/html"], "302" },
            { ["Accept: text/html;q=0.4, application/json;q=0.5"], "401 application/json" },
            { ["Accept: application/json"], "401 application/json" },
            { ["Accept: APPLICATION/JSON"], "401 application/json" },
            { ["Accept: text/plain"], "401 text/plain; charset=utf-8" },
            { ["Accept: application/*"], "401 application/json" },
            { ["Accept: text/html;q=0, */*;q=0.1"], "401 application/json" },
            { ["Accept: application/grpc+proto"], "page 401" },
            { ["Content-Type: application/grpc"], "401 application/grpc+json" },
            { ["Content-Type: application/grpc+proto"], "401 application/grpc+json" },
            { ["Content-Type: application/grpc-web+proto"], "401 application/grpc-web+json" },
            { ["Content-Type: application/grpc-web-text"], "401 application/grpc-web+json" },
            { ["Content-Type: application/grpcx"], "302" },
            { ["Authorization: Pomerium bad", Html], "page 401" },
            { ["Authorization: Bearer Pomerium-bad", Html], "page 401" },
            { ["Authorization: Bearer other", Html], "302" },
            { ["X-Pomerium-Authorization: bad", Html], "page 401" },
            { ["User-Agent: kubectl/v1 (linux) kubernetes/abc", "Accept: application/json"], "401 application/json" },
        };

    [Theory]
    [MemberData(nameof(Clients))]
    public void Browsers_are_sent_to_sign_in_and_programs_are_told(string[] fields, string expected) =>
        Assert.Equal(expected, WithType(Get("app.example.com", "/", fields)));

    [Fact]
    public void A_token_in_the_query_forbids_the_redirect() =>
        Assert.Equal("page 401", Get("app.example.com", "/?pomerium_session=bad", Html));

    [Theory]
    [InlineData("app.example.com")]
    [InlineData("closed.example.com")]
    public void Robots_are_told_to_stay_away_whatever_the_reason(string host)
    {
        Assert.Equal("200", Get(host, "/robots.txt", Html));
        Assert.Equal("User-agent: *\nDisallow: /", Body());
    }

    [Fact]
    public void Json_clients_get_error_and_request_id()
    {
        Assert.Equal("401", Get("app.example.com", "/", "Accept: application/json"));
        Assert.Equal("""{"error":"Unauthenticated","request_id":"11111111-2222-3333-4444-555555555555"}""", Body());
        Assert.Equal("403", Get("closed.example.com", "/", "Accept: application/json"));
        Assert.Equal("""{"error":"Forbidden","request_id":"11111111-2222-3333-4444-555555555555"}""", Body());
    }

    [Fact]
    public void Kubectl_gets_a_status_object()
    {
        Assert.Equal("403", Get("closed.example.com", "/", "User-Agent: kubectl kubernetes/1"));
        Assert.Equal(
            """{"apiVersion":"v1","code":403,"kind":"Status","message":"Forbidden","reason":"Forbidden","status":"Failure"}""",
            Body()
        );
    }

    [Theory]
    [InlineData("app.example.com", "16", "Unauthenticated")]
    [InlineData("closed.example.com", "7", "Forbidden")]
    public void Grpc_clients_get_a_code(string host, string code, string message)
    {
        Get(host, "/svc/method", "Content-Type: application/grpc");
        Assert.Equal(code, ResponseHeader("grpc-status"));
        Assert.Equal(message, ResponseHeader("grpc-message"));
    }

    [Fact]
    public void A_denied_person_gets_a_page_with_the_decision()
    {
        string cookie = "Cookie: _pomerium=" + _gate.SignIn(_gate.NewSession("s"));
        Assert.Equal("page 403", Get("admin.example.com", "/", Html, cookie));
        Assert.Equal("Forbidden", _gate.Exchange.Facts.StatusText);
        Decision decision = Assert.IsType<Decision>(_gate.Exchange.Facts.Decision);
        Assert.True(decision.AllowReasons.HasFlag(Reasons.EmailUnauthorized));
    }

    [Fact]
    public void The_redirect_names_the_target_and_sets_the_login_cookie()
    {
        Assert.Equal("302", Get("app.example.com", "/a?b=c", Html));
        string location = ResponseHeader("location");
        Assert.StartsWith("https://auth.example.com/.pomerium/sign_in?", location, StringComparison.Ordinal);
        Assert.Contains(
            "pomerium_redirect_uri=https%3A%2F%2Fapp.example.com%2Fa%3Fb%3Dc",
            location,
            StringComparison.Ordinal
        );
        Assert.Single(_gate.Exchange.ResponseCookies);
    }

    [Theory]
    [InlineData("/.pomerium/", "endpoint")]
    [InlineData("/.pomerium", "endpoint")]
    [InlineData("/.pomerium/sign_out", "endpoint")]
    [InlineData("/.pomerium/callback/", "endpoint")]
    [InlineData("/.pomerium/api/v1/login", "endpoint")]
    [InlineData("/.pomerium/unknown", "endpoint")]
    [InlineData("/.pomerium/index.css", "endpoint")]
    [InlineData("/.pomerium/jwt", "endpoint")] // the flag is off: the control plane says 404
    [InlineData("/.pomerium/routes", "endpoint")]
    [InlineData("/.pomerium/user", "302")]
    [InlineData("/.pomerium/webauthn", "302")]
    [InlineData("/.well-known/pomerium", "endpoint")]
    [InlineData("/.well-known/pomerium/jwks.json", "endpoint")]
    [InlineData("/ping", "endpoint")]
    [InlineData("/healthz", "endpoint")]
    [InlineData("/.pomeriumx", "page 403")]
    [InlineData("/.POMERIUM/", "page 403")]
    [InlineData("/.well-known/pomeriumx", "page 403")]
    [InlineData("/.well-known/oauth-authorization-server", "page 403")]
    [InlineData("/pinged", "page 403")]
    [InlineData("/oauth2/callback", "page 403")]
    public void Internal_paths_come_before_every_policy(string path, string expected) // IA-73, IA-74
    {
        Assert.Equal(expected, Get("closed.example.com", path, Html));
        if (expected is "endpoint" or "302")
        {
            Assert.Equal(expected, Get("nowhere.example.com", path, Html));
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/robots.txt")]
    [InlineData("/oauth2/callback")]
    [InlineData("/.pomerium/sign_in")]
    public void The_sign_in_host_has_more_of_them(string path)
    {
        Assert.Equal("endpoint", Get("auth.example.com", path));
        Assert.Equal("endpoint", Get("AUTH.example.com:443", path));
    }

    [Fact]
    public void Endpoints_behind_flags_need_a_session_when_the_flag_is_on()
    {
        Gate gate = new(static s =>
            s with
            {
                RuntimeFlags = s.RuntimeFlags.Add("pomerium_jwt_endpoint", true).Add("routes_portal", true),
            }
        );
        foreach (string path in new[] { "/.pomerium/jwt", "/.pomerium/routes", "/.pomerium/api/v1/routes" })
        {
            Assert.Equal("302", gate.Outcome(gate.Send("app.example.com", path)));
            string cookie = "Cookie: _pomerium=" + gate.SignIn(gate.NewSession("s"));
            Assert.Equal("endpoint", gate.Outcome(gate.Send("app.example.com", path, cookie)));
        }
    }

    [Theory]
    [InlineData("public.example.com", "/", true, Reasons.Accept, PolicyOutcome.Allow)]
    [InlineData("app.example.com", "/", false, Reasons.UserUnauthenticated, PolicyOutcome.Login)]
    [InlineData("closed.example.com", "/", false, Reasons.None, PolicyOutcome.Deny)]
    [InlineData("closed.example.com", "/.pomerium/", true, Reasons.PomeriumRoute, PolicyOutcome.Allow)]
    [InlineData("closed.example.com", "/.pomerium/user", false, Reasons.UserUnauthenticated, PolicyOutcome.Login)]
    public void Every_decision_is_told_once(
        string host,
        string path,
        bool allow,
        Reasons reasons,
        PolicyOutcome outcome
    )
    {
        Get(host, path, Html);
        (Decision decision, string? session) = Assert.Single(_gate.Decisions);
        Assert.Equal((allow, reasons, outcome), (decision.Allow, decision.AllowReasons, decision.Outcome));
        Assert.Null(session);
    }

    [Fact]
    public void Health_checks_are_no_decisions()
    {
        Get("closed.example.com", "/ping");
        Assert.Empty(_gate.Decisions);
    }

    private string Get(string host, string path, params string[] fields) =>
        _gate.Outcome(_gate.Send(host, path, fields));

    private string WithType(string outcome) => outcome is "401" ? "401 " + ResponseHeader("content-type") : outcome;

    private string ResponseHeader(string name) =>
        _gate.Exchange.Response.Headers.TryGet(Encoding.ASCII.GetBytes(name), out ReadOnlySpan<byte> value)
            ? Encoding.ASCII.GetString(value)
            : "";

    private string Body() => Encoding.UTF8.GetString(_gate.Exchange.AnswerBody.Span);
}
