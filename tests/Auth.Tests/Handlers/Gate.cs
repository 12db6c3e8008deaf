using System.Collections.Immutable;
using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
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
using Pomerium.Fast.State.Broker;
using Pomerium.Fast.State.Records;
using Pomerium.Fast.State.Storage.Memory;
using Pomerium.Fast.State.Sync;
using Pomerium.Fast.Transport.Loops;
using Pomerium.Fast.Transport.Tls;

namespace Pomerium.Fast.Auth.Tests.Handlers;

/// <summary>
/// The three handlers over a real store, policies and routes, on a loop that is turned by hand. Routes: <c>app</c> (any
/// signed-in user, identity passed), <c>public</c>, <c>admin</c> (one user), <c>other</c> (credentials of its own).
/// </summary>
internal sealed class Gate
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly AuthNotices _notices;

    public Gate(Func<ConfigSnapshot, ConfigSnapshot>? change = null)
    {
        Snapshot = change is null ? DefaultSnapshot() : change(DefaultSnapshot());
        _notices = new AuthNotices(Log);
        Clock = new FakeTimeProvider(Start);
        Loop = new ManualLoop(0, Start);
        Backend = new MemoryBackend(Clock);
        Store = new IdentityStore(Backend);
        Sessions = new SessionDirectory(Synced, Store, Clock);
        Downstream = new Client(Loop);
        Exchange = new Exchange(Loop, Downstream);
        Codec = new HandleCodec(Secret);
        Reload();
        Sync();
    }

    public ConfigSnapshot Snapshot { get; set; }
    public FakeTimeProvider Clock { get; }
    public ManualLoop Loop { get; }
    public MemoryBackend Backend { get; }
    public IdentityStore Store { get; }
    public SyncedRecords Synced { get; } = new();
    public SessionDirectory Sessions { get; set; }
    public Client Downstream { get; set; }
    public Exchange Exchange { get; private set; }
    public HandleCodec Codec { get; }
    public RouteTable Routes { get; private set; } = null!;
    public RouteProviderIds Providers { get; private set; } = null!;
    public SigningKeys Keys { get; private set; } = null!;
    public ImmutableArray<IHandler> Handlers { get; private set; }
    public RecordedLog Log { get; } = new();
    public HttpPipeline Pipeline { get; private set; } = null!;
    public List<(Decision Decision, string? SessionId)> Decisions { get; } = new(16);

    public void Reload()
    {
        Routes = RouteTableBuilder
            .Build(Snapshot, new Pomerium.Fast.Http.Upstream.Cluster?[Snapshot.Routes.Length])
            .Table!;
        Providers = new RouteProviderIds(Snapshot);
        Keys = SigningKeys.Load(Snapshot).Keys!;
        Handlers = AuthPipeline.Build(
            Snapshot,
            Sessions,
            PolicyCompiler.Compile(Snapshot, _diagnostics),
            Keys,
            Providers,
            new SignInRedirect(Snapshot, Providers, Clock),
            new Recorder(Decisions),
            _notices
        );
        Pipeline = new HttpPipeline(Snapshot, Routes, Handlers, observer: null);
    }

    public void NewConnection()
    {
        Downstream = new Client(Loop);
        Exchange = new Exchange(Loop, Downstream);
    }

    /// <summary>What the syncer would do, now.</summary>
    public void Sync() => Synced.ReplaceAll(Backend.ReadLatestAsync("", default).AsTask().GetAwaiter().GetResult());

    public void Advance(TimeSpan time)
    {
        Clock.Advance(time);
        Loop.Advance(time);
    }

    public SessionRecord NewSession(string id, string user = "ann") =>
        new()
        {
            Id = id,
            UserId = user,
            ProviderId = Providers.Default,
            IssuedAt = Clock.GetUtcNow(),
            AccessedAt = Clock.GetUtcNow(),
            ExpiresAt = Clock.GetUtcNow().AddHours(14),
            OAuthToken = new OAuthTokenRecord("access-token", "Bearer", Clock.GetUtcNow().AddHours(1), "refresh-token"),
            IdToken = new IdTokenRecord(
                "id.token.raw",
                "https://idp",
                "ann",
                Clock.GetUtcNow(),
                Clock.GetUtcNow().AddHours(1)
            ),
            Claims = Claims(("groups", ["admins", "users"]), ("name", ["Ann A"])),
        };

    public static ClaimSet Claims(params (string Name, ImmutableArray<object?> Values)[] claims) =>
        new(claims.Select(static c => new KeyValuePair<string, ImmutableArray<object?>>(c.Name, c.Values)));

    public void DeleteSession(string id) => Store.DeleteSessionAsync(id, default).AsTask().Wait();

    public void PutUser(UserRecord user) => Store.PutUserAsync(user, default).AsTask().Wait();

    /// <summary>Writes session and user and returns the handle that sign-in would.</summary>
    public string SignIn(SessionRecord session, string? email = "ann@example.com", bool sync = true)
    {
        if (email is not null)
        {
            Store.PutUserAsync(new UserRecord { Id = session.UserId, Email = email }, default).AsTask().Wait();
        }
        RecordVersion version = Store.PutSessionAsync(session, default).AsTask().GetAwaiter().GetResult();
        if (sync)
        {
            Sync();
        }
        return Codec.Encode(
            new SessionHandle
            {
                Id = session.Id,
                UserId = session.UserId,
                ProviderId = session.ProviderId,
                Issuer = "auth.example.com",
                Audience = ["auth.example.com"],
                IssuedAt = Clock.GetUtcNow().ToUnixTimeSeconds(),
                Version = version,
            }
        );
    }

    /// <summary>One request through the handlers.</summary>
    public Step Send(string host, string path, params string[] fields)
    {
        Loop.RunUntilIdle();
        Exchange.Reset();
        Prepare(host, path, fields);
        return Run();
    }

    public void Prepare(string host, string path, params string[] fields)
    {
        RequestHead head = Exchange.Request;
        head.SetMethod("GET"u8);
        head.SetAuthority(Encoding.ASCII.GetBytes(host));
        int query = path.IndexOf('?', StringComparison.Ordinal);
        head.SetPath(Encoding.UTF8.GetBytes(query < 0 ? path : path[..query]));
        head.SetQuery(query < 0 ? default : Encoding.UTF8.GetBytes(path[(query + 1)..]), query >= 0);
        foreach (string field in fields)
        {
            int colon = field.IndexOf(':', StringComparison.Ordinal);
            head.Headers.Add(Encoding.ASCII.GetBytes(field[..colon]), Encoding.UTF8.GetBytes(field[(colon + 2)..]));
        }
        Exchange.IsInternal = Pipeline.InternalPaths.Of(head) != InternalPath.None;
        Exchange.Pipeline = Pipeline;
        Exchange.Route = Exchange.IsInternal ? null : Routes.Match(head);
        Exchange.ClientAddress = Downstream.PeerAddress;
        Exchange.RequestId.Set("11111111-2222-3333-4444-555555555555"u8);
    }

    public Step Run()
    {
        foreach (IHandler handler in Handlers)
        {
            Step? resumed = null;
            Exchange.Resumed = step => resumed = step;
            Step step = handler.Handle(Exchange);
            while (step == Step.Pending && resumed is null)
            {
                Loop.Turn();
                Thread.Yield();
            }
            step = resumed ?? step;
            if (step != Step.Continue)
            {
                return step;
            }
        }
        return Step.Continue;
    }

    /// <summary>In one word what the client would get.</summary>
    public string Outcome(Step step) =>
        step switch
        {
            Step.Continue => "pass",
            Step.Answered => Exchange.Response.Status.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Step.HandOver when Exchange.Facts.Page == PageKind.Endpoint => "endpoint",
            Step.HandOver => $"page {Exchange.Facts.Status}",
            _ => Exchange.Failure.ToString(),
        };

    /// <summary>The header lines that the handlers add for the upstream.</summary>
    public Dictionary<string, string> UpstreamLines()
    {
        Dictionary<string, string> lines = new(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < Exchange.Edits.BlockCount; i++)
        {
            string text = Encoding.UTF8.GetString(Exchange.Edits.Block(i).Lines);
            foreach (string line in text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
            {
                int colon = line.IndexOf(": ", StringComparison.Ordinal);
                lines.Add(line[..colon], line[(colon + 2)..]);
            }
        }
        return lines;
    }

    public static ConfigSnapshot DefaultSnapshot() =>
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
                    ClientSecret = "secret",
                },
                PassIdentityHeaders = true,
                ClaimHeaders =
                [
                    new ClaimHeader("x-pomerium-claim-email", "email"),
                    new ClaimHeader("x-pomerium-claim-groups", "groups"),
                    new ClaimHeader("X-Custom", "custom"),
                ],
            },
            Secrets = new SecretOptions { SharedSecret = Secret, CookieSecret = Secret },
            Storage = new StorageOptions(),
            Logging = new LoggingOptions(),
            Routes =
            [
                Route("app") with
                {
                    AllowAnyAuthenticatedUser = true,
                },
                Route("public") with
                {
                    AllowPublicUnauthenticatedAccess = true,
                },
                Route("admin") with
                {
                    AllowedUsers = ["root@example.com"],
                },
                Route("other") with
                {
                    AllowAnyAuthenticatedUser = true,
                    IdpClientId = "own",
                    IdpClientSecret = "own",
                },
                Route("closed"),
                Route("quiet") with
                {
                    AllowAnyAuthenticatedUser = true,
                    PassIdentityHeaders = false,
                },
                Route("uri") with
                {
                    AllowAnyAuthenticatedUser = true,
                    IssuerFormat = JwtIssuerFormat.Uri,
                },
                Route("any") with
                {
                    AllowAnyAuthenticatedUser = true,
                    From = new RouteSource("https://*.any.example.com", RouteScheme.Https, "*.any.example.com", null),
                },
            ],
            RuntimeFlags = ImmutableDictionary<string, bool>.Empty.Add("match_any_incoming_port", true),
            Places = Places.None,
            ReferencedFiles = [],
        };

    public static RouteConfig Route(string name) =>
        new()
        {
            ConfigPath = "routes[0]",
            Id = name,
            Name = name,
            From = new RouteSource($"https://{name}.example.com", RouteScheme.Https, $"{name}.example.com", null),
            To = [new UpstreamUrl("http://up:80", "http", "up", 80, true, "", 1)],
        };

    private sealed class Recorder(List<(Decision, string?)> decisions) : IDecisionObserver
    {
        public void OnDecision(Exchange exchange, in Decision decision, SessionView? session)
        {
            if (decisions.Capacity > decisions.Count)
            {
                decisions.Add((decision, session?.Session.Id));
            }
        }
    }

    internal sealed class Client(Loop loop) : IDownstream
    {
        public Loop Loop => loop;
        public IPEndPoint Peer { get; } = new(IPAddress.Loopback, 50000);
        public ClientAddress PeerAddress { get; } = ClientAddress.From(IPAddress.Loopback);
        public ITlsFeature? Tls => null;
        public object? AuthMemory { get; set; }
    }
}
