using Microsoft.Extensions.Time.Testing;
using Pomerium.Fast.Auth.Sessions;
using Pomerium.Fast.Auth.Tests.Handlers;
using Pomerium.Fast.State.Broker;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Tests.Sessions;

/// <summary>identity 3.4, state 5.6.</summary>
public sealed class SessionRefresherTests : IAsyncDisposable
{
    private readonly Gate _gate = new();
    private readonly Provider _provider = new();
    private readonly SessionRefresher _refresher;

    public SessionRefresherTests() =>
        _refresher = new SessionRefresher(_gate.Synced, _gate.Store, _provider, _gate.Clock);

    public ValueTask DisposeAsync() => _refresher.DisposeAsync();

    private FakeTimeProvider Clock => _gate.Clock;

    [Fact]
    public async Task Tokens_are_refreshed_a_minute_before_they_end()
    {
        _gate.SignIn(Session(TimeSpan.FromMinutes(5)));
        await AfterAsync(TimeSpan.FromMinutes(4) - TimeSpan.FromSeconds(1));
        Assert.Equal(0, _provider.Refreshes);
        _provider.Next = Success("new-access", "new-refresh");
        await AfterAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _provider.Refreshes);
        SessionRecord session = (await StoredAsync())!;
        Assert.Equal(("new-access", "new-refresh"), (session.OAuthToken!.AccessToken, session.OAuthToken.RefreshToken));
        Assert.Equal("Ann B", session.Claims.Text("name"));
        Assert.Equal("admins", session.Claims.Text("groups"));
        UserRecord user = (await _gate.Store.GetUserAsync("ann", default))!;
        Assert.Equal(("Ann B", "new@example.com"), (user.Name, user.Email));
    }

    [Fact]
    public async Task The_ID_token_counts_too_and_is_cleared_when_none_comes_back()
    {
        SessionRecord session = Session(TimeSpan.FromHours(2)) with
        {
            IdToken = new IdTokenRecord("raw", "iss", "ann", Clock.GetUtcNow(), Clock.GetUtcNow().AddMinutes(3)),
        };
        _gate.SignIn(session);
        _provider.Next = Success("a", "r");
        await AfterAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(1, _provider.Refreshes);
        Assert.Null((await StoredAsync())!.IdToken);
    }

    [Fact]
    public async Task A_provider_that_does_not_rotate_keeps_the_old_refresh_token()
    {
        _gate.SignIn(Session(TimeSpan.FromMinutes(5)));
        _provider.Next = Success("a", "");
        await AfterAsync(TimeSpan.FromMinutes(4));
        Assert.Equal("refresh", (await StoredAsync())!.OAuthToken!.RefreshToken);
    }

    [Fact]
    public async Task Claims_of_the_tokens_themselves_do_not_enter_the_session()
    {
        SessionRecord session = Session(TimeSpan.FromMinutes(5)) with { Claims = Gate.Claims(("sub", ["ann"])) };
        _gate.SignIn(session);
        _provider.Next = Success("a", "r") with { Claims = Gate.Claims(("sub", ["x"]), ("exp", [1d]), ("hd", ["y"])) };
        await AfterAsync(TimeSpan.FromMinutes(4));
        SessionRecord stored = (await StoredAsync())!;
        Assert.Equal(("ann", "y"), (stored.Claims.Text("sub"), stored.Claims.Text("hd")));
        Assert.False(stored.Claims.All.ContainsKey("exp"));
    }

    [Fact]
    public async Task A_refused_refresh_ends_the_session() // IA-58
    {
        _gate.SignIn(Session(TimeSpan.FromMinutes(5)));
        _provider.Next = new RefreshOutcome(RefreshResult.Permanent) { Detail = "invalid_grant" };
        await AfterAsync(TimeSpan.FromMinutes(4));
        Assert.Null(await StoredAsync());
        Assert.Null(_refresher.NextDue("s"));
    }

    [Fact]
    public async Task A_provider_that_fails_keeps_the_session_and_is_asked_with_growing_gaps() // IA-59
    {
        _gate.SignIn(Session(TimeSpan.FromMinutes(5)));
        _provider.Next = new RefreshOutcome(RefreshResult.Temporary) { Detail = "503" };
        await AfterAsync(TimeSpan.FromMinutes(4));
        List<double> gaps = [];
        for (int i = 0; i < 8; i++)
        {
            TimeSpan gap = _refresher.NextDue("s")!.Value - Clock.GetUtcNow();
            gaps.Add(gap.TotalSeconds);
            await AfterAsync(gap);
        }
        double[] wanted = [10, 20, 40, 80, 160, 300, 300, 300];
        Assert.All(gaps.Zip(wanted), g => Assert.InRange(g.First, g.Second * 0.8, g.Second * 1.2));
        Assert.NotNull(await StoredAsync());
        Assert.Equal(9, _provider.Refreshes);
        _provider.Next = Success("a", "r");
        await AfterAsync(TimeSpan.FromMinutes(6));
        Assert.Equal("a", (await StoredAsync())!.OAuthToken!.AccessToken);
    }

    [Fact]
    public async Task A_provider_that_asks_for_patience_gets_it()
    {
        _gate.SignIn(Session(TimeSpan.FromMinutes(5)));
        _provider.Next = new RefreshOutcome(RefreshResult.Temporary) { RetryAfter = TimeSpan.FromMinutes(7) };
        await AfterAsync(TimeSpan.FromMinutes(4));
        Assert.Equal(TimeSpan.FromMinutes(7), _refresher.NextDue("s")!.Value - Clock.GetUtcNow());
    }

    [Fact]
    public async Task An_ID_token_of_another_user_ends_the_session() // IA-60
    {
        SessionRecord session = Session(TimeSpan.FromMinutes(5)) with
        {
            IdToken = new IdTokenRecord("raw", "iss", "ann", Clock.GetUtcNow(), Clock.GetUtcNow().AddHours(1)),
        };
        _gate.SignIn(session);
        _provider.Next = Success("a", "r") with
        {
            IdToken = new IdTokenRecord("raw", "iss", "mallory", Clock.GetUtcNow(), Clock.GetUtcNow().AddHours(1)),
        };
        await AfterAsync(TimeSpan.FromMinutes(4));
        Assert.Null(await StoredAsync());
    }

    [Fact]
    public async Task One_request_at_a_time_for_a_session_even_when_the_provider_hangs() // IA-61
    {
        _gate.SignIn(Session(TimeSpan.FromMinutes(5)));
        TaskCompletionSource hang = new();
        _provider.Hang = hang.Task;
        _gate.Advance(TimeSpan.FromMinutes(4));
        Task first = _refresher.RunDueAsync(default);
        Clock.Advance(TimeSpan.FromMinutes(1));
        await _refresher.RunDueAsync(default);
        Assert.InRange(_provider.Refreshes, 0, 1);
        _provider.Next = Success("a", "r");
        hang.SetResult();
        await first;
        Assert.Equal(1, _provider.Refreshes);
    }

    [Fact]
    public async Task At_most_sixteen_requests_at_once()
    {
        for (int i = 0; i < 40; i++)
        {
            _gate.SignIn(Session(TimeSpan.FromMinutes(5), "s" + i));
        }
        TaskCompletionSource hang = new();
        _provider.Hang = hang.Task;
        _provider.Next = Success("a", "r");
        Clock.Advance(TimeSpan.FromMinutes(4));
        Task first = _refresher.RunDueAsync(default);
        hang.SetResult();
        await first;
        Assert.Equal(16, _provider.Refreshes);
        await _refresher.RunDueAsync(default);
        await _refresher.RunDueAsync(default);
        Assert.Equal(40, _provider.Refreshes);
    }

    [Fact]
    public async Task A_sign_out_during_a_refresh_stays_a_sign_out()
    {
        _gate.SignIn(Session(TimeSpan.FromMinutes(5)));
        TaskCompletionSource hang = new();
        _provider.Hang = hang.Task;
        _provider.Next = Success("a", "r");
        Clock.Advance(TimeSpan.FromMinutes(4));
        Task running = _refresher.RunDueAsync(default);
        await _gate.Store.DeleteSessionAsync("s", default);
        hang.SetResult();
        await running;
        Assert.Null(await StoredAsync());
    }

    [Fact]
    public async Task Without_a_refresh_token_nothing_is_attempted()
    {
        SessionRecord session = Session(TimeSpan.FromMinutes(5)) with { RefreshDisabled = true };
        _gate.SignIn(session);
        await AfterAsync(TimeSpan.FromHours(2));
        Assert.Equal((0, 0), (_provider.Refreshes, _provider.UserReads));
        Assert.NotNull(await StoredAsync());
    }

    [Fact]
    public async Task An_expired_session_is_deleted_a_minute_later()
    {
        _gate.SignIn(Session(TimeSpan.FromDays(2)) with { RefreshDisabled = true });
        await AfterAsync(TimeSpan.FromHours(14));
        Assert.NotNull(await StoredAsync());
        await AfterAsync(TimeSpan.FromMinutes(1));
        Assert.Null(await StoredAsync());
    }

    // A sign-out ends the record at the route's host and needs its tokens at the sign-in host, a redirect later. The
    // refresher's next second came in between now and then: the provider's session then outlived the sign-out.
    [Fact]
    public async Task A_session_that_a_sign_out_ended_is_kept_for_the_sign_in_host()
    {
        SessionRecord session = Session(TimeSpan.FromSeconds(60));
        _gate.SignIn(session with { ExpiresAt = Clock.GetUtcNow(), RefreshDisabled = true });
        await AfterAsync(TimeSpan.FromSeconds(59));
        Assert.NotNull(await StoredAsync());
        Assert.Equal((0, 0), (_provider.Refreshes, _provider.UserReads));
        await AfterAsync(TimeSpan.FromSeconds(1));
        Assert.Null(await StoredAsync());
    }

    [Fact]
    public async Task A_refresh_under_way_does_not_bring_back_what_a_sign_out_ended()
    {
        SessionRecord session = Session(TimeSpan.FromMinutes(5));
        _gate.SignIn(session);
        DateTimeOffset end = Clock.GetUtcNow().AddMinutes(4);
        _provider.Next = Success("a", "r");
        _provider.Meanwhile = async () =>
            await _gate.Store.PutSessionAsync(session with { ExpiresAt = end, RefreshDisabled = true }, default);
        await AfterAsync(TimeSpan.FromMinutes(4));
        Assert.Equal(end, (await StoredAsync())!.ExpiresAt);
    }

    [Fact]
    public async Task Userinfo_is_read_every_ten_minutes_and_a_refusal_ends_the_session()
    {
        _gate.SignIn(Session(TimeSpan.FromHours(5)));
        _provider.NextUser = new RefreshOutcome(RefreshResult.Succeeded) { Claims = Gate.Claims(("groups", ["g2"])) };
        await AfterAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(1, _provider.UserReads);
        Assert.Equal("g2", (await StoredAsync())!.Claims.Text("groups"));
        Assert.Equal("access", (await StoredAsync())!.OAuthToken!.AccessToken);
        _provider.NextUser = new RefreshOutcome(RefreshResult.Permanent);
        await AfterAsync(TimeSpan.FromMinutes(10));
        Assert.Null(await StoredAsync());
    }

    [Fact]
    public async Task A_provider_that_left_the_configuration_ends_its_sessions()
    {
        _gate.SignIn(Session(TimeSpan.FromMinutes(5)));
        _provider.IsKnown = false;
        await AfterAsync(TimeSpan.FromMinutes(4));
        Assert.Null(await StoredAsync());
        Assert.Equal(0, _provider.Refreshes);
    }

    private SessionRecord Session(TimeSpan tokenLife, string id = "s") =>
        _gate.NewSession(id) with
        {
            OAuthToken = new OAuthTokenRecord("access", "Bearer", Clock.GetUtcNow() + tokenLife, "refresh"),
            IdToken = null,
        };

    private RefreshOutcome Success(string access, string refresh) =>
        new(RefreshResult.Succeeded)
        {
            Token = new OAuthTokenRecord(access, "Bearer", Clock.GetUtcNow().AddHours(5), refresh),
            Claims = Gate.Claims(("name", ["Ann B"]), ("email", ["new@example.com"])),
        };

    private async Task AfterAsync(TimeSpan time)
    {
        Clock.Advance(time);
        await _refresher.RunDueAsync(default);
        _gate.Sync();
    }

    private ValueTask<SessionRecord?> StoredAsync() => _gate.Store.GetSessionAsync("s", default);

    private sealed class Provider : ITokenRefresher
    {
        private int _refreshes;

        public RefreshOutcome Next { get; set; } = new(RefreshResult.Temporary);
        public RefreshOutcome NextUser { get; set; } = new(RefreshResult.Succeeded);
        public Task Hang { get; set; } = Task.CompletedTask;

        /// <summary>What happens elsewhere while the provider is being asked.</summary>
        public Func<Task> Meanwhile { get; set; } = static () => Task.CompletedTask;
        public bool IsKnown { get; set; } = true;
        public int Refreshes => _refreshes;
        public int UserReads { get; private set; }

        public bool Knows(string providerId) => IsKnown;

        public async ValueTask<RefreshOutcome> RefreshAsync(SessionRecord session, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _refreshes);
            await Hang.WaitAsync(cancellation);
            await Meanwhile();
            return Next;
        }

        public ValueTask<RefreshOutcome> ReadUserAsync(SessionRecord session, CancellationToken cancellation)
        {
            UserReads++;
            return new(NextUser);
        }
    }
}
