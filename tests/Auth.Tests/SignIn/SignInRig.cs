using Microsoft.Extensions.Logging.Abstractions;
using Pomerium.Fast.Auth.Providers;
using Pomerium.Fast.Auth.SignIn;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.State.Broker;
using Pomerium.Fast.State.Records;
using Pomerium.Fast.State.Storage.Memory;

namespace Pomerium.Fast.Auth.Tests.SignIn;

/// <summary>The sign-in flow with a scripted provider, a store in memory and a clock by hand.</summary>
internal sealed class SignInRig : IAsyncDisposable
{
    public const string App = "app.example.com";
    public const string SignInHost = "authenticate.example.com";
    public const string Target = "https://app.example.com/page?q=1";
    private readonly MemoryBackend _backend;

    private SignInRig(ScriptedProvider provider, TurnedClock clock, ConfigSnapshot snapshot)
    {
        Provider = provider;
        Clock = clock;
        Snapshot = snapshot;
        _backend = new MemoryBackend(clock);
        Store = new IdentityStore(_backend);
        Providers = ProviderSet.Build(snapshot, clock).Set!;
        Flow = new SignInFlow(new SignInSettings(snapshot, Providers, Store, clock), NullLogger<SignInFlow>.Instance);
    }

    public ScriptedProvider Provider { get; }
    public TurnedClock Clock { get; }
    public ConfigSnapshot Snapshot { get; }
    public IdentityStore Store { get; }
    public ProviderSet Providers { get; }
    public SignInFlow Flow { get; }

    public static async Task<SignInRig> StartAsync(
        Func<ConfigSnapshot, ConfigSnapshot>? change = null,
        params (string, bool)[] flags
    )
    {
        TurnedClock clock = new();
        ScriptedProvider provider = await ScriptedProvider.StartAsync(clock);
        ConfigSnapshot snapshot = TestConfig.Make(
            new ProviderOptions
            {
                Name = "oidc",
                Url = provider.Issuer,
                ClientId = ScriptedProvider.ClientId,
                ClientSecret = ScriptedProvider.ClientSecret,
            },
            flags
        );
        return new SignInRig(provider, clock, change is null ? snapshot : change(snapshot));
    }

    public Browser NewBrowser() => new(Flow);

    /// <summary>What the data path answers to a visit of a protected address: the login cookie and the signed URL.</summary>
    public string Begin(Browser browser, string target = Target, int route = 0)
    {
        string host = new Uri(target).Authority;
        string? kept = browser.Cookie(host, "_pomerium_login");
        string binding = kept ?? LoginBinding.NewValue();
        browser.Set(host, "_pomerium_login", binding);
        return Signed(
            $"https://{SignInHost}/.pomerium/sign_in",
            new QueryParameters()
                .Set("pomerium_idp_id", Providers.Ids.Of(route))
                .Set("pomerium_redirect_uri", target)
                .Set("pomerium_login_nonce", LoginBinding.Nonce(binding))
        );
    }

    public string Signed(string url, QueryParameters parameters) =>
        UrlSignature.Sign(TestConfig.SharedSecret, url, parameters, Clock.GetUtcNow());

    /// <summary>From the protected address to the callback URL of the route, through the provider.</summary>
    public async Task<string> SignInAsync(Browser browser, string target = Target)
    {
        string url = Begin(browser, target);
        string authorize = Location(await browser.GetAsync(url));
        string back = Location(await browser.GetAsync(Provider.Approve(authorize)));
        return Location(await browser.GetAsync(back));
    }

    public static string Location(FlowAnswer answer) => Assert.IsType<RedirectAnswer>(answer).Location;

    public static ErrorAnswer Refused(FlowAnswer answer, int status, string text = "")
    {
        ErrorAnswer error = Assert.IsType<ErrorAnswer>(answer);
        Assert.Equal(status, error.Status);
        Assert.Contains(text, error.Description, StringComparison.Ordinal);
        return error;
    }

    public async Task<List<SessionRecord>> SessionsAsync()
    {
        List<SessionRecord> all = [];
        await foreach (SessionRecord session in Store.ListSessionsAsync(default))
        {
            all.Add(session);
        }
        return all;
    }

    public async ValueTask DisposeAsync()
    {
        Providers.Dispose();
        await Provider.DisposeAsync();
        await _backend.DisposeAsync();
    }
}

/// <summary>A user agent that keeps cookies by host and asks the flow as the control plane would.</summary>
internal sealed class Browser(SignInFlow flow)
{
    private readonly Dictionary<(string Host, string Name), string> _cookies = [];

    public string? Cookie(string host, string name) => _cookies.GetValueOrDefault((host, name));

    public IEnumerable<string> CookieNames(string host) => _cookies.Keys.Where(k => k.Host == host).Select(k => k.Name);

    public void Set(string host, string name, string value) => _cookies[(host, name)] = value;

    public void Remove(string host, string name) => _cookies.Remove((host, name));

    public Task<FlowAnswer> GetAsync(string url, Func<FlowRequest, FlowRequest>? change = null) =>
        SendAsync("GET", url, null, change);

    public async Task<FlowAnswer> SendAsync(
        string method,
        string url,
        QueryParameters? form,
        Func<FlowRequest, FlowRequest>? change = null
    )
    {
        int start = url.IndexOf("://", StringComparison.Ordinal) + 3;
        int slash = url.IndexOf('/', start);
        int question = url.IndexOf('?', start);
        string host = url[start..slash];
        FlowRequest request = new()
        {
            Method = method,
            Authority = host,
            Path = question < 0 ? url[slash..] : url[slash..question],
            Query = question < 0 ? "" : url[(question + 1)..],
            Form = form,
            CookieHeader = string.Join(
                "; ",
                _cookies.Where(c => c.Key.Host == host).Select(c => $"{c.Key.Name}={c.Value}")
            ),
        };
        request = change is null ? request : change(request);
        FlowAnswer answer = request.Path switch
        {
            "/.pomerium/sign_in" => await flow.SignInAsync(request, default),
            "/oauth2/callback" => await flow.ProviderCallbackAsync(request, default),
            "/.pomerium/callback/" => flow.RouteCallback(request),
            "/.pomerium/sign_out" => await flow.SignOutAsync(request, default),
            "/.pomerium/signed_out" => flow.SignedOut(request),
            "/.pomerium/" => await flow.UserInfoAsync(request, default),
            _ => throw new InvalidOperationException("no endpoint for " + request.Path),
        };
        foreach (string cookie in answer.SetCookies)
        {
            Keep(host, cookie);
        }
        return answer;
    }

    private void Keep(string host, string cookie)
    {
        string pair = cookie.Split(';')[0];
        int cut = pair.IndexOf('=');
        if (cookie.Contains("Max-Age=0", StringComparison.Ordinal))
        {
            _cookies.Remove((host, pair[..cut]));
        }
        else
        {
            _cookies[(host, pair[..cut])] = pair[(cut + 1)..];
        }
    }
}
