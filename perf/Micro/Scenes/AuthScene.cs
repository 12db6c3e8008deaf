using System.Collections.Immutable;
using System.Net;
using System.Text;
using Pomerium.Fast.Auth.Credentials;
using Pomerium.Fast.Auth.Handlers;
using Pomerium.Fast.Auth.Identity;
using Pomerium.Fast.Auth.Policy;
using Pomerium.Fast.Auth.Providers;
using Pomerium.Fast.Auth.Sessions;
using Pomerium.Fast.Auth.SignIn;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.Http.Routing;
using Pomerium.Fast.Kit.Proxy;
using Pomerium.Fast.State.Broker;
using Pomerium.Fast.State.Records;
using Pomerium.Fast.State.Storage.Memory;
using Pomerium.Fast.State.Sync;
using Pomerium.Fast.Transport.Loops;
using Pomerium.Fast.Transport.Tls;

namespace Pomerium.Fast.Micro.Scenes;

/// <summary>A public and a protected route, twenty signed-in users, and requests that are already parsed.</summary>
internal sealed class AuthScene
{
    private const int UserCount = 20;

    private const string FiveCriteria = """
        allow:
          and:
            - authenticated_user: true
            - domain: {is: example.com}
            - claim/groups: admins
            - http_path: {starts_with: /}
            - source_ip: 127.0.0.0/8
        """;

    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];

    private readonly ImmutableArray<IHandler> _handlers;
    private readonly RouteTable _routes;
    private readonly ManualLoop _loop = new(0, DateTimeOffset.UtcNow);
    private readonly Client _client;
    private readonly ConfigSnapshot _snapshot = MakeSnapshot();

    public AuthScene()
    {
        _client = new Client(_loop);
        ConfigSnapshot snapshot = _snapshot;
        _routes = RouteTableBuilder.Build(snapshot, [null, null]).Table!;
        RouteProviderIds providers = new(snapshot);
        MemoryBackend backend = new(TimeProvider.System);
        IdentityStore store = new(backend);
        SyncedRecords synced = new();
        Handles = [.. Enumerable.Range(0, UserCount).Select(i => SignIn(store, providers.Default, "user" + i))];
        synced.ReplaceAll(backend.ReadLatestAsync("", default).AsTask().GetAwaiter().GetResult());
        _handlers = AuthPipeline.Build(
            snapshot,
            new SessionDirectory(synced, store, TimeProvider.System),
            PolicyCompiler.Compile(snapshot, new List<Diagnostic>()),
            SigningKeys.Load(snapshot).Keys!,
            providers,
            new SignInRedirect(snapshot, providers, TimeProvider.System),
            observer: null
        );
    }

    public string[] Handles { get; }
    public HandleCodec Codec { get; } = new(Secret);

    /// <summary>A parsed request on the scene's one connection.</summary>
    public Exchange Request(string host, string? cookie)
    {
        Exchange exchange = new(_loop, _client);
        exchange.Request.SetMethod("GET"u8);
        exchange.Request.SetAuthority(Encoding.ASCII.GetBytes(host));
        exchange.Request.SetPath("/some/page"u8);
        if (cookie is not null)
        {
            exchange.Request.Headers.Add("cookie"u8, Encoding.ASCII.GetBytes("theme=dark; _pomerium=" + cookie));
        }
        exchange.Route = _routes.Match(exchange.Request);
        exchange.ClientAddress = _client.PeerAddress;
        return exchange;
    }

    public Step Handle(Exchange exchange)
    {
        exchange.Edits.Reset();
        exchange.Session = null;
        Step step = Step.Continue;
        foreach (IHandler handler in _handlers)
        {
            step = handler.Handle(exchange);
        }
        return step;
    }

    /// <summary>Whole exchanges through the same handlers.</summary>
    public ExchangeWire Exchange(string host, string? cookie) =>
        new(
            ProxyKit.PausedUpstream(_snapshot, [.. _handlers]),
            $"GET / HTTP/1.1\r\nHost: {host}\r\n{(cookie is null ? "" : $"Cookie: _pomerium={cookie}\r\n")}\r\n",
            Operations.HelloAnswer
        );

    private string SignIn(IdentityStore store, string provider, string user)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        store.PutUserAsync(new UserRecord { Id = user, Email = user + "@example.com" }, default).AsTask().Wait();
        SessionRecord session = new()
        {
            Id = Guid.NewGuid().ToString(),
            UserId = user,
            ProviderId = provider,
            IssuedAt = now,
            AccessedAt = now,
            ExpiresAt = now.AddYears(50), // the kit's clock stands at another time than this one
            Claims = PolicyScene.Claims,
        };
        RecordVersion version = store.PutSessionAsync(session, default).AsTask().GetAwaiter().GetResult();
        return Codec.Encode(
            new SessionHandle
            {
                Id = session.Id,
                UserId = user,
                ProviderId = provider,
                Issuer = "auth.example.com",
                Audience = ["auth.example.com", "app.example.com"],
                IssuedAt = now.ToUnixTimeSeconds(),
                Version = version,
            }
        );
    }

    private static ConfigSnapshot MakeSnapshot() =>
        new()
        {
            Server = new ServerOptions { Address = new ListenAddress("", 443) },
            Tls = new TlsSettings(),
            Timeouts = new TimeoutOptions(),
            Requests = new RequestOptions(),
            Identity = new IdentityOptions
            {
                AuthenticateUrl = new Uri("https://auth.example.com"),
                Cookie = new CookieOptions(),
                Provider = new ProviderOptions
                {
                    Name = "oidc",
                    Url = "https://idp.example.com",
                    ClientId = "client",
                },
                PassIdentityHeaders = true,
                ClaimHeaders = [new("x-pomerium-claim-email", "email"), new("x-pomerium-claim-groups", "groups")],
            },
            Secrets = new SecretOptions { SharedSecret = Secret, CookieSecret = Secret },
            Storage = new StorageOptions(),
            Logging = new LoggingOptions(),
            Routes =
            [
                Route("public") with
                {
                    AllowPublicUnauthenticatedAccess = true,
                },
                Route("app") with
                {
                    Policy = PolicyScene.Read(FiveCriteria),
                },
            ],
            RuntimeFlags = ImmutableDictionary<string, bool>.Empty,
            Places = Places.None,
            ReferencedFiles = [],
        };

    private static RouteConfig Route(string name) =>
        new()
        {
            ConfigPath = "routes",
            Id = name,
            To = [TestSnapshot.Upstream("http://up")],
            From = new RouteSource($"https://{name}.example.com", RouteScheme.Https, $"{name}.example.com", null),
        };

    private sealed class Client(Loop loop) : Http.Messages.IDownstream
    {
        public Loop Loop => loop;
        public IPEndPoint Peer { get; } = new(IPAddress.Loopback, 50000);
        public ClientAddress PeerAddress { get; } = ClientAddress.From(IPAddress.Loopback);
        public ITlsFeature? Tls => null;
        public object? AuthMemory { get; set; }
    }
}
