using System.Net;
using Microsoft.Extensions.Logging;
using Pomerium.Fast.Auth.Handlers;
using Pomerium.Fast.Auth.Sessions;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Upstream;
using Pomerium.Fast.Server.Telemetry;
using Pomerium.Fast.State.Broker;
using Pomerium.Fast.State.Storage;
using Pomerium.Fast.State.Storage.Memory;
using Pomerium.Fast.State.Sync;
using Pomerium.Fast.Transport;
using Pomerium.Fast.Transport.Certificates;
using Pomerium.Fast.Transport.InMemory;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Server.Composition;

/// <summary>What lives as long as the process: loops, store, log. Configurations come and go on top of it.</summary>
internal sealed class ProcessParts : IAsyncDisposable
{
    private readonly MemoryBackend _backend;
    private readonly Syncer _syncer;
    private (ReadOnlyMemory<byte> Secret, FallbackCertificates Certificates)? _fallback;

    public ProcessParts(int loops, LogWriter logWriter, LogLevels levels, ILoggerFactory loggers, TimeProvider clock)
    {
        LogWriter = logWriter;
        Levels = levels;
        Loggers = loggers;
        Clock = clock;
        Loops = LoopGroup.Start(loops);
        ILogger log = loggers.CreateLogger("envoy");
        foreach (Loop loop in Loops.Loops)
        {
            loop.Faulted = e => log.LoopFault(e, loop.Index);
        }
        Notices = new AuthNotices(loggers.CreateLogger("authorize"));
        _backend = new MemoryBackend(clock);
        Store = new IdentityStore(_backend);
        Synced = new SyncedRecords();
        _syncer = new Syncer(_backend, Synced, clock);
        Sessions = new SessionDirectory(Synced, Store, clock);
        // Off this thread: it is the longest part of a start and needs nothing of the configuration.
        ControlPlaneHost = Task.Run(() =>
            Server.ControlPlane.ControlPlaneHost.StartAsync(
                new InMemoryListenerFactory(),
                ControlPlaneEndPoint,
                state: null,
                loggers,
                CancellationToken.None
            )
        );
        ControlPlane = new Cluster("control plane", loops);
        ControlPlane.Replace(
            new EndpointSet([
                (new Http.Upstream.Endpoint(new DialOptions { EndPoint = ControlPlaneEndPoint }, "control-plane"), 1),
            ])
        );
    }

    public LogWriter LogWriter { get; }
    public LogLevels Levels { get; }
    public ILoggerFactory Loggers { get; }
    public TimeProvider Clock { get; }
    public LoopGroup Loops { get; }
    public AuthNotices Notices { get; }

    /// <summary>Addresses of upstreams by name.</summary>
    public NameLookup Names { get; init; } = Dns.GetHostAddressesAsync;
    public IdentityStore Store { get; }
    public SyncedRecords Synced { get; }
    public SessionDirectory Sessions { get; }
    public InMemoryEndPoint ControlPlaneEndPoint { get; } = new("control-plane");
    public Cluster ControlPlane { get; }

    /// <summary>Stands on every page that the proxy makes itself.</summary>
    public string PageNotice { get; init; } = "";

    /// <summary>Started with the process; knows its configuration when the first one is in force.</summary>
    public Task<Server.ControlPlane.ControlPlaneHost> ControlPlaneHost { get; }

    public Task StartAsync()
    {
        _syncer.Start();
        return _syncer.Ready;
    }

    /// <summary>The same maker as long as the secret is the same, so that a reload forgets no generated certificate.</summary>
    public FallbackCertificates FallbackFor(SecretOptions secrets)
    {
        if (_fallback is not { } known || !known.Secret.Span.SequenceEqual(secrets.SharedSecret.Span))
        {
            _fallback = known = (
                secrets.SharedSecret,
                new FallbackCertificates(secrets.SharedSecret.Span, Clock) { Made = OnCertificateMade }
            );
        }
        return known.Certificates;
    }

    private void OnCertificateMade(string name) => Loggers.CreateLogger("envoy").CertificateGenerated(name);

    public async ValueTask DisposeAsync()
    {
        await (await ControlPlaneHost).DisposeAsync();
        Loops.Dispose();
        await _syncer.DisposeAsync();
        await _backend.DisposeAsync();
    }
}
