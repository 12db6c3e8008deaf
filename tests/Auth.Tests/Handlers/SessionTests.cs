using Pomerium.Fast.Auth.Credentials;
using Pomerium.Fast.Auth.Sessions;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.State.Broker;
using Pomerium.Fast.State.Records;
using Pomerium.Fast.State.Sync;

namespace Pomerium.Fast.Auth.Tests.Handlers;

/// <summary>Who counts as signed in, and how soon that ends.</summary>
public sealed class SessionTests
{
    private const string App = "app.example.com";
    private readonly Gate _gate = new();

    [Fact]
    public void A_session_lets_its_user_pass_and_is_found_again()
    {
        string cookie = Cookie(_gate.SignIn(_gate.NewSession("s")));
        Assert.Equal("pass", Get(App, "/", cookie));
        SessionView first = (SessionView)_gate.Exchange.Session!;
        Assert.Equal("s", first.Session.Id);
        Assert.Equal("ann@example.com", first.User!.Email);
        Assert.Equal("pass", Get(App, "/", cookie));
        Assert.Same(first, _gate.Exchange.Session);
        _gate.NewConnection();
        Assert.Equal("pass", Get(App, "/", cookie));
        Assert.Same(first, _gate.Exchange.Session);
    }

    [Theory]
    [InlineData("X-Pomerium-Authorization: {0}", false)]
    [InlineData("Authorization: Pomerium {0}", true)]
    [InlineData("authorization: pomerium {0}", true)]
    [InlineData("Authorization: Bearer Pomerium-{0}", false)]
    public void Programs_send_the_same_handle_in_headers(string field, bool dropped)
    {
        string handle = _gate.SignIn(_gate.NewSession("s"));
        Assert.Equal("pass", Get(App, "/", field.Replace("{0}", handle, StringComparison.Ordinal)));
        Assert.Equal(dropped, _gate.Exchange.Edits.DropAuthorization);
        Assert.False(_gate.Exchange.Edits.CutSessionParameter);
    }

    [Fact]
    public void The_query_parameter_is_accepted_and_cut_when_it_was_used()
    {
        string handle = _gate.SignIn(_gate.NewSession("s"));
        Assert.Equal("pass", Get(App, "/?a=b&pomerium_session=" + handle));
        Assert.True(_gate.Exchange.Edits.CutSessionParameter);
        Assert.Equal("pass", Get(App, "/?pomerium_session=" + handle, Cookie(handle)));
        Assert.False(_gate.Exchange.Edits.CutSessionParameter);
    }

    [Fact]
    public void Pomerium_tokens_never_reach_an_upstream_good_or_bad()
    {
        Assert.Equal("pass", Get("public.example.com", "/", "Authorization: Pomerium rubbish"));
        Assert.True(_gate.Exchange.Edits.DropAuthorization);
        Assert.Equal("pass", Get("public.example.com", "/", "Authorization: Basic rubbish"));
        Assert.False(_gate.Exchange.Edits.DropAuthorization);
    }

    [Fact]
    public void A_bad_cookie_does_not_hide_a_good_one() // IA-40
    {
        string handle = _gate.SignIn(_gate.NewSession("s"));
        Assert.Equal("pass", Get(App, "/", "Cookie: _pomerium=garbage; _pomerium=" + handle));
        string four = string.Join("; ", Enumerable.Repeat("_pomerium=garbage", 4));
        Assert.Equal("pass", Get(App, "/", $"Cookie: {four}; _pomerium={handle}"));
        Assert.Equal("302", Get(App, "/", $"Cookie: _pomerium=garbage; {four}; _pomerium={handle}"));
    }

    [Fact]
    public void The_first_credential_that_verifies_counts_even_when_its_session_is_gone()
    {
        string gone = _gate.SignIn(_gate.NewSession("gone"));
        string good = _gate.SignIn(_gate.NewSession("s"));
        _gate.DeleteSession("gone");
        _gate.Sync();
        Assert.Equal("401", Get(App, "/", Cookie(gone), "Authorization: Pomerium " + good, "Accept: application/json"));
    }

    [Theory]
    [InlineData("other.example.com")] // IA-33: other credentials
    public void A_session_of_another_provider_does_not_count(string host)
    {
        string cookie = Cookie(_gate.SignIn(_gate.NewSession("s")));
        Assert.Equal("302", Get(host, "/", cookie));
        Assert.Null(_gate.Exchange.Session);
        Assert.Equal("pass", Get(App, "/", cookie));
    }

    [Fact]
    public void A_session_made_for_a_routes_own_provider_counts_there_only()
    {
        SessionRecord session = _gate.NewSession("s") with { ProviderId = _gate.Providers.Of(3) };
        string cookie = Cookie(_gate.SignIn(session));
        Assert.Equal("pass", Get("other.example.com", "/", cookie));
        Assert.Equal("302", Get(App, "/", cookie));
    }

    [Fact]
    public void Sessions_of_before_a_change_of_the_client_id_do_not_count() // IA-75
    {
        string cookie = Cookie(_gate.SignIn(_gate.NewSession("s")));
        Assert.Equal("pass", Get(App, "/", cookie));
        ProviderOptions changed = _gate.Snapshot.Identity.Provider with { ClientId = "new" };
        _gate.Snapshot = _gate.Snapshot with { Identity = _gate.Snapshot.Identity with { Provider = changed } };
        _gate.Reload();
        Assert.Equal("302", Get(App, "/", cookie));
    }

    [Fact]
    public void One_sign_in_serves_every_host_and_port_of_the_provider() // IA-34, IA-35, U-90
    {
        string cookie = Cookie(_gate.SignIn(_gate.NewSession("s")));
        Assert.Equal("pass", Get(App, "/", cookie));
        Assert.Equal("pass", Get(App + ":8443", "/", cookie));
        Assert.Equal("pass", Get("uri.example.com", "/", cookie));
    }

    [Fact]
    public void A_deleted_session_ends_with_the_next_request() // IA-36, IA-57, IA-58
    {
        string cookie = Cookie(_gate.SignIn(_gate.NewSession("s")));
        Assert.Equal("pass", Get(App, "/", cookie));
        _gate.DeleteSession("s");
        _gate.Sync();
        Assert.Equal("302", Get(App, "/", cookie));
        _gate.NewConnection();
        Assert.Equal("302", Get(App, "/", cookie));
    }

    [Fact]
    public void A_session_that_never_was_is_no_session() // IA-36, IA-37
    {
        SessionHandle handle = new()
        {
            Id = "invented",
            UserId = "root",
            ProviderId = _gate.Providers.Default,
        };
        Assert.Equal("302", Get(App, "/", Cookie(_gate.Codec.Encode(handle))));
        Assert.Null(_gate.Exchange.Session);
    }

    [Fact]
    public void A_session_ends_at_its_time_to_the_second()
    {
        string cookie = Cookie(_gate.SignIn(_gate.NewSession("s")));
        _gate.Advance(TimeSpan.FromHours(14) - TimeSpan.FromSeconds(1));
        Assert.Equal("pass", Get(App, "/", cookie));
        _gate.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("302", Get(App, "/", cookie));
    }

    [Theory]
    [InlineData("refresh", false, true)]
    [InlineData("refresh", true, false)]
    [InlineData("", false, false)]
    public void An_ended_access_token_ends_a_session_that_cannot_be_refreshed(string token, bool disabled, bool passes)
    {
        OAuthTokenRecord oauth = new("a", "Bearer", _gate.Clock.GetUtcNow().AddMinutes(5), token);
        SessionRecord session = _gate.NewSession("s") with { OAuthToken = oauth, RefreshDisabled = disabled };
        string cookie = Cookie(_gate.SignIn(session));
        Assert.Equal("pass", Get(App, "/", cookie));
        _gate.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(passes ? "pass" : "302", Get(App, "/", cookie));
    }

    [Fact]
    public void A_changed_record_makes_a_new_view()
    {
        SessionRecord session = _gate.NewSession("s");
        string cookie = Cookie(_gate.SignIn(session));
        Get(App, "/", cookie);
        object first = _gate.Exchange.Session!;
        _gate.SignIn(_gate.NewSession("stranger", "bob"), "bob@example.com");
        Get(App, "/", cookie);
        Assert.Same(first, _gate.Exchange.Session);
        _gate.SignIn(session with { Claims = Gate.Claims(("groups", ["new"])) });
        Get(App, "/", cookie);
        SessionView second = (SessionView)_gate.Exchange.Session!;
        Assert.NotSame(first, second);
        Assert.Equal("new", second.Session.Claims.Text("groups"));
        _gate.PutUser(new UserRecord { Id = "ann", Email = "new@example.com" });
        _gate.Sync();
        Get(App, "/", cookie);
        Assert.Equal("new@example.com", ((SessionView)_gate.Exchange.Session!).User!.Email);
    }

    [Fact]
    public void A_copy_that_is_behind_the_handle_asks_the_store()
    {
        string cookie = Cookie(_gate.SignIn(_gate.NewSession("s"), sync: false));
        Assert.False(_gate.Synced.Sessions.TryGet("s", out _));
        Assert.Equal("pass", Get(App, "/", cookie));
        Assert.Equal("s", ((SessionView)_gate.Exchange.Session!).Session.Id);
        _gate.Sync();
        Assert.Equal("pass", Get(App, "/", cookie));
    }

    [Fact]
    public void A_store_that_cannot_be_asked_is_503_and_never_a_sign_in() // IA-76
    {
        BrokenBackend broken = new();
        _gate.Sessions = new SessionDirectory(new SyncedRecords(), new IdentityStore(broken), _gate.Clock);
        _gate.Reload();
        string cookie = Cookie(_gate.SignIn(_gate.NewSession("s")));
        Assert.Equal("AuthorizationUnavailable", Get(App, "/", cookie));
        Assert.Equal("AuthorizationUnavailable", Get(App, "/.pomerium/user", cookie));
        Assert.Equal("pass", Get("public.example.com", "/", cookie));
        Assert.Equal("302", Get(App, "/"));
        Assert.Equal("endpoint", Get(App, "/.pomerium/", cookie));
        Assert.Equal("endpoint", Get(App, "/ping", cookie));
        Assert.Equal("endpoint", Get(App, "/.pomerium/callback/", cookie));
    }

    [Fact]
    public void A_new_secret_forgets_the_verified_credentials()
    {
        string cookie = Cookie(_gate.SignIn(_gate.NewSession("s")));
        Assert.Equal("pass", Get(App, "/", cookie));
        SecretOptions secrets = _gate.Snapshot.Secrets with { SharedSecret = new byte[32] };
        _gate.Snapshot = _gate.Snapshot with { Secrets = secrets };
        _gate.Reload();
        Assert.Equal("302", Get(App, "/", cookie));
    }

    [Fact]
    public void A_reload_with_the_same_secret_keeps_the_views()
    {
        string cookie = Cookie(_gate.SignIn(_gate.NewSession("s")));
        Get(App, "/", cookie);
        object before = _gate.Exchange.Session!;
        _gate.Reload();
        Get(App, "/", cookie);
        Assert.Same(before, _gate.Exchange.Session);
    }

    [Fact]
    public void Many_users_on_one_connection_each_get_their_own()
    {
        string[] cookies =
        [
            .. Enumerable
                .Range(0, 50)
                .Select(i => Cookie(_gate.SignIn(_gate.NewSession("s" + i, "u" + i), $"u{i}@x.test"))),
        ];
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < cookies.Length; i++)
            {
                Assert.Equal("pass", Get(App, "/", cookies[i]));
                Assert.Equal("u" + i, ((SessionView)_gate.Exchange.Session!).Subject.UserId);
            }
        }
    }

    [Theory]
    [InlineData("_pomerium=" + "\"quoted value\"")]
    [InlineData("_pomerium=a=b=c; =; ; ;;")]
    [InlineData("_pomerium=..")]
    [InlineData("_pomerium=%00%ff")]
    public void Odd_cookies_are_no_session_and_no_error(string cookie) => // IA-41
        Assert.Equal("302", Get(App, "/", "Cookie: " + cookie));

    [Fact]
    public void A_cookie_of_8_KiB_is_no_session_and_no_error() => // IA-41
        Assert.Equal("302", Get(App, "/", "Cookie: _pomerium=" + new string('a', 8192)));

    [Fact]
    public void The_sign_in_host_has_a_cookie_of_its_own()
    {
        string handle = _gate.SignIn(_gate.NewSession("s"));
        Assert.Equal("endpoint", Get("auth.example.com", "/.pomerium/", "Cookie: _pomerium_authenticate=" + handle));
        Assert.NotNull(_gate.Exchange.Session);
        Assert.Equal("endpoint", Get("auth.example.com", "/.pomerium/", "Cookie: _pomerium=" + handle));
        Assert.Null(_gate.Exchange.Session);
        Assert.Equal("endpoint", Get(App, "/.pomerium/", "Cookie: _pomerium=" + handle));
        Assert.NotNull(_gate.Exchange.Session);
    }

    [Fact]
    public void Our_own_paths_go_by_the_provider_of_the_route_that_would_match()
    {
        const string Other = "other.example.com";
        string own = _gate.Providers.Of(3);
        string ofOther = _gate.SignIn(_gate.NewSession("s1") with { ProviderId = own });
        string ofDefault = _gate.SignIn(_gate.NewSession("s2"));
        Assert.Equal("endpoint", Get(Other, "/.pomerium/user", Cookie(ofOther)));
        Assert.Equal("302", Get(App, "/.pomerium/user", Cookie(ofOther)));
        Assert.Equal("endpoint", Get(App, "/.pomerium/user", Cookie(ofDefault)));
        Assert.Equal("endpoint", Get("nowhere.example.com", "/.pomerium/user", Cookie(ofDefault)));
        Assert.Equal("302", Get(Other, "/.pomerium/user", Cookie(ofDefault)));
        Assert.True(_gate.Exchange.Response.Headers.TryGet("location"u8, out ReadOnlySpan<byte> location));
        Assert.Contains(
            "pomerium_idp_id=" + own,
            System.Text.Encoding.ASCII.GetString(location),
            StringComparison.Ordinal
        );
    }

    private string Get(string host, string path, params string[] fields) =>
        _gate.Outcome(_gate.Send(host, path, fields));

    private static string Cookie(string handle) => "Cookie: _pomerium=" + handle;
}
