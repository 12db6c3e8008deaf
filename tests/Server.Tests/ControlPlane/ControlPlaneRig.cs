using System.Collections.Immutable;
using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.Logging.Abstractions;
using Pomerium.Fast.Auth.Credentials;
using Pomerium.Fast.Auth.Identity;
using Pomerium.Fast.Auth.Providers;
using Pomerium.Fast.Auth.SignIn;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.Http.Routing;
using Pomerium.Fast.Server.ControlPlane;
using Pomerium.Fast.State.Broker;
using Pomerium.Fast.State.Records;
using Pomerium.Fast.State.Storage.Memory;

namespace Pomerium.Fast.Server.Tests.ControlPlane;

/// <summary>The control plane on loopback, with a store in memory and one signed-in user on request.</summary>
public sealed class ControlPlaneRig : IAsyncLifetime
{
    public const string App = "app.example.com";
    public const string SignInHost = "authenticate.example.com";
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];
    private readonly FactsTransport _transport = new();
    private readonly MemoryBackend _backend = new(TimeProvider.System);
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private ControlPlaneHost? _host;
    private ProviderSet? _providers;

    public IdentityStore Store => field ??= new IdentityStore(_backend);

    public async Task InitializeAsync()
    {
        ControlPlaneState state = StateOf(Snapshot());
        _host = await ControlPlaneHost.StartAsync(
            _transport,
            new IPEndPoint(IPAddress.Loopback, 0),
            state,
            NullLoggerFactory.Instance,
            default
        );
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _host!.DisposeAsync();
        _providers!.Dispose();
        await _backend.DisposeAsync();
    }

    public void Reload(Func<ConfigSnapshot, ConfigSnapshot> change, string notice = "") =>
        _host!.Replace(StateOf(change(Snapshot()), notice));

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string host,
        string path,
        ExchangeFacts? facts = null,
        HttpContent? content = null,
        params (string Name, string Value)[] headers
    )
    {
        facts ??= new ExchangeFacts();
        facts.Authority = host;
        facts.RequestId = "11111111-2222-3333-4444-555555555555";
        _transport.Facts = facts;
        using HttpRequestMessage request = new(method, $"http://{_transport.EndPoint}{path}") { Content = content };
        request.Headers.Host = host;
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        return await _client.SendAsync(request);
    }

    public Task<HttpResponseMessage> GetAsync(string host, string path, params (string, string)[] headers) =>
        SendAsync(HttpMethod.Get, host, path, null, null, headers);

    public static async Task<IHtmlDocument> PageAsync(HttpResponseMessage answer)
    {
        Assert.Equal("text/html; charset=UTF-8", answer.Content.Headers.ContentType!.ToString());
        return new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Cookie header of a user with such claims.</summary>
    public async Task<(string Name, string Value)> SignedInAsync(params (string Claim, object?[] Values)[] claims)
    {
        SessionRecord session = new()
        {
            Id = Guid.NewGuid().ToString(),
            UserId = "alice",
            ProviderId = "p",
            IssuedAt = DateTimeOffset.UtcNow,
            AccessedAt = DateTimeOffset.UtcNow,
            ExpiresAt = DateTimeOffset.UtcNow.AddHours(1),
            Claims = new ClaimSet(claims.Select(static c => KeyValuePair.Create(c.Claim, c.Values.ToImmutableArray()))),
        };
        RecordVersion version = await Store.PutSessionAsync(session, default);
        string token = new HandleCodec(Secret).Encode(
            new SessionHandle
            {
                Id = session.Id,
                UserId = "alice",
                Version = version,
            }
        );
        return ("Cookie", "_pomerium=" + token);
    }

    /// <summary>A route whose owner lets refusals be explained.</summary>
    public static Route DetailedRoute()
    {
        ConfigSnapshot snapshot = Snapshot();
        snapshot = snapshot with { Routes = [snapshot.Routes[0] with { ShowErrorDetails = true }] };
        return RouteTableBuilder.Build(snapshot, [null]).Table!.Routes[0];
    }

    private ControlPlaneState StateOf(ConfigSnapshot snapshot, string notice = "")
    {
        ProviderSet providers = ProviderSet.Build(snapshot, TimeProvider.System).Set!;
        _providers?.Dispose();
        _providers = providers;
        return new ControlPlaneState(
            snapshot,
            new SignInFlow(
                new SignInSettings(snapshot, providers, Store, TimeProvider.System),
                NullLogger<SignInFlow>.Instance
            ),
            SigningKeys.Load(snapshot).Keys!
        )
        {
            Notice = notice,
        };
    }

    private static ConfigSnapshot Snapshot() =>
        new()
        {
            Server = new ServerOptions { Address = new ListenAddress("", 443) },
            Tls = new TlsSettings(),
            Timeouts = new TimeoutOptions(),
            Requests = new RequestOptions(),
            Identity = new IdentityOptions
            {
                AuthenticateUrl = new Uri("https://authenticate.example.com"),
                Cookie = new CookieOptions(),
                Provider = new ProviderOptions
                {
                    Name = "github",
                    ClientId = "cid",
                    ClientSecret = "secret",
                },
            },
            Secrets = new SecretOptions { SharedSecret = Secret, CookieSecret = Secret },
            Storage = new StorageOptions(),
            Logging = new LoggingOptions(),
            Routes =
            [
                new RouteConfig
                {
                    ConfigPath = "routes[0]",
                    Id = "0000000000000001",
                    From = new RouteSource("https://app.example.com", RouteScheme.Https, App, null),
                },
            ],
            RuntimeFlags = ImmutableDictionary<string, bool>.Empty.Add("match_any_incoming_port", true),
            Places = Places.None,
            ReferencedFiles = [],
        };
}
