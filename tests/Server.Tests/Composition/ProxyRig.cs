using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Pomerium.Fast.Auth.Credentials;
using Pomerium.Fast.Config;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Config.Sources;
using Pomerium.Fast.Http.Upstream;
using Pomerium.Fast.Server.Composition;
using Pomerium.Fast.Server.Telemetry;
using Pomerium.Fast.State.Broker;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Server.Tests.Composition;

/// <summary>The whole proxy in this process, on loopback and ports of its own choice, with its log at hand.</summary>
internal sealed class ProxyRig : IAsyncDisposable
{
    public const string Secrets =
        "shared_secret: MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\ncookie_secret: MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\n";

    private const string Common =
        "insecure_server: true\n"
        + Secrets
        + "authenticate_service_url: https://auth.test\nidp_provider: oidc\nidp_provider_url: https://idp.test\nidp_client_id: c\nidp_client_secret: s\n";

    private readonly LogWriter _writer;
    private readonly ILoggerFactory _loggers;
    private readonly HttpClient _client = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
        }
    );

    private ProxyRig(LogWriter writer, ILoggerFactory loggers, ProcessParts parts, ProxyServer server, LogLines log)
    {
        _writer = writer;
        _loggers = loggers;
        Parts = parts;
        Server = server;
        Log = log;
    }

    public ProcessParts Parts { get; }
    public ProxyServer Server { get; }
    public LogLines Log { get; }
    public ConfigSnapshot Snapshot { get; private set; } = null!;
    public int Port => ((IPEndPoint)Server.EndPoint!).Port;

    /// <summary>A configuration on a free port, with the given lines and, indented, the routes.</summary>
    public static string Yaml(string lines, string routes) =>
        (lines.Contains("address:", StringComparison.Ordinal) ? "" : "address: 127.0.0.1:0\n")
        + Common
        + lines
        + "routes:\n"
        + routes;

    /// <summary>A public route to an upstream on this machine.</summary>
    public static string Public(string host, int port, string more = "") =>
        $"  - from: https://{host}\n    to: http://127.0.0.1:{port}\n    allow_public_unauthenticated_access: true\n{more}";

    public static ConfigSnapshot Load(string yaml)
    {
        LoadResult loaded = ConfigLoader.Load(new ConfigSources { InlineYaml = yaml, InlineName = "test.yaml" });
        Assert.True(
            loaded.Snapshot is not null,
            string.Join('\n', loaded.Diagnostics.Select(DiagnosticText.Line)) + "\n" + yaml
        );
        return loaded.Snapshot;
    }

    public static async Task<ProxyRig> StartAsync(string yaml, NameLookup? names = null, TimeProvider? clock = null)
    {
        const int loops = 2;
        LogLines log = new();
        LogWriter writer = new(log, loops);
        LogLevels levels = new();
        ILoggerFactory loggers = LoggerSetup.Create(writer, levels);
        ProcessParts parts = new(loops, writer, levels, loggers, clock ?? TimeProvider.System)
        {
            Names = names ?? Dns.GetHostAddressesAsync,
        };
        ConfigSnapshot snapshot = Load(yaml);
        (ProxyServer? server, ImmutableArray<Diagnostic> findings) = await ProxyServer.StartAsync(
            snapshot,
            parts,
            new GenerationBuilder(parts),
            default
        );
        Assert.True(server is not null, string.Join('\n', findings.Select(DiagnosticText.Line)));
        return new ProxyRig(writer, loggers, parts, server, log) { Snapshot = snapshot };
    }

    public async Task<ImmutableArray<Diagnostic>> ReloadAsync(string yaml)
    {
        Snapshot = Load(yaml);
        return await Server.ReloadAsync(Snapshot, default);
    }

    public Task<HttpResponseMessage> GetAsync(string host, string path, params (string Name, string Value)[] headers) =>
        GetAsync(Port, host, path, headers);

    public async Task<HttpResponseMessage> GetAsync(
        int port,
        string host,
        string path,
        params (string Name, string Value)[] headers
    )
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"http://127.0.0.1:{port}{path}");
        request.Headers.Host = host;
        foreach ((string name, string value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }
        return await _client.SendAsync(request);
    }

    public async Task<int> StatusAsync(string host, string path, params (string Name, string Value)[] headers)
    {
        using HttpResponseMessage answer = await GetAsync(host, path, headers);
        return (int)answer.StatusCode;
    }

    public static async Task<bool> AcceptsAsync(int port)
    {
        using TcpClient client = new();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The session cookie of a user who is signed in at the default provider.</summary>
    public async Task<(string Name, string Value)> SignInAsync(
        string user,
        params (string Name, ImmutableArray<object?> Values)[] claims
    )
    {
        DateTimeOffset now = Parts.Clock.GetUtcNow();
        SessionRecord session = new()
        {
            Id = "session-of-" + user,
            UserId = user,
            ProviderId = new Auth.Providers.RouteProviderIds(Snapshot).Default,
            IssuedAt = now,
            AccessedAt = now,
            ExpiresAt = now.AddHours(1),
            Claims = new ClaimSet(claims.Select(static c => KeyValuePair.Create(c.Name, c.Values))),
        };
        await Parts.Store.PutUserAsync(new UserRecord { Id = user, Email = user + "@example.com" }, default);
        RecordVersion version = await Parts.Store.PutSessionAsync(session, default);
        string handle = new HandleCodec(Snapshot.Secrets.SharedSecret).Encode(
            new SessionHandle
            {
                Id = session.Id,
                UserId = user,
                ProviderId = session.ProviderId,
                Version = version,
            }
        );
        return ("Cookie", "_pomerium=" + handle);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Server.DisposeAsync();
        await Parts.DisposeAsync();
        _loggers.Dispose();
        _writer.Dispose();
        await Log.DisposeAsync();
    }
}
