using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.H1;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.Http.Upstream;
using Pomerium.Fast.Server.ControlPlane;
using Pomerium.Fast.Transport.Certificates;

namespace Pomerium.Fast.Server.Composition;

/// <summary>
/// The running proxy: listeners and control plane on the process' parts, under the configuration in force. Reloads
/// and the end are for one caller at a time.
/// </summary>
internal sealed class ProxyServer : IAsyncDisposable
{
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(50);
    private readonly ProcessParts _parts;
    private readonly GenerationBuilder _builder;
    private readonly ILogger _log;
    private readonly PipelineReference _pipeline;
    private readonly HttpServer _server;
    private readonly RedirectServer _redirect;
    private readonly CertificateStore _certificates;
    private readonly ControlPlaneHost _controlPlane;
    private readonly SessionUpkeep _upkeep;
    private readonly NameRefresh _names;
    private Generation _current;
    private ListenerSet? _main;

    private ProxyServer(
        ProcessParts parts,
        GenerationBuilder builder,
        Generation first,
        ControlPlaneHost controlPlane,
        ILogger log
    )
    {
        _parts = parts;
        _builder = builder;
        _current = first;
        _controlPlane = controlPlane;
        _log = log;
        _pipeline = new PipelineReference(first.Pipeline);
        _server = new HttpServer(
            parts.Loops.Loops,
            _pipeline,
            new HttpServerOptions { ControlPlane = parts.ControlPlane }
        );
        _redirect = new RedirectServer(parts.Loops, log);
        _certificates = new CertificateStore(first.Certificates);
        _upkeep = new SessionUpkeep(parts, first.Snapshot, first.Providers);
        _names = new NameRefresh(parts);
    }

    /// <summary>Where the main listener is reached.</summary>
    public EndPoint? EndPoint => _main?.EndPoint;

    /// <summary>Where plain-HTTP visitors are sent to https.</summary>
    public EndPoint? RedirectEndPoint => _redirect.EndPoint;

    /// <returns>Null when the configuration cannot run; the findings say why.</returns>
    /// <exception cref="IOException">The main address cannot be listened on.</exception>
    public static async Task<(ProxyServer? Server, ImmutableArray<Diagnostic> Findings)> StartAsync(
        ConfigSnapshot snapshot,
        ProcessParts parts,
        GenerationBuilder builder,
        CancellationToken cancellation
    )
    {
        ILogger log = parts.Loggers.CreateLogger("pomerium");
        parts.Levels.Set(snapshot.Logging.Level);
        await parts.StartAsync();
        (Generation? first, ImmutableArray<Diagnostic> findings) = await builder.BuildAsync(
            snapshot,
            previous: null,
            cancellation
        );
        if (first is null)
        {
            return (null, findings);
        }
        ControlPlaneHost controlPlane = await parts.ControlPlaneHost;
        controlPlane.Replace(ControlPlaneOf(first, parts));
        ProxyServer server = new(parts, builder, first, controlPlane, log);
        try
        {
            server._main = await server.ListenAsync(snapshot, cancellation);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
        await server._redirect.ApplyAsync(snapshot, cancellation);
        server._upkeep.Start();
        await server._names.UseAsync(first);
        log.ServerStarted(
            server.EndPoint?.ToString() ?? "",
            snapshot.Server.HttpRedirectAddress?.ToString() ?? "",
            parts.Loops.Loops.Count
        );
        return (server, findings);
    }

    /// <summary>Puts a new configuration in force, or leaves everything as it is when it cannot run.</summary>
    public async Task<ImmutableArray<Diagnostic>> ReloadAsync(ConfigSnapshot snapshot, CancellationToken cancellation)
    {
        (Generation? next, ImmutableArray<Diagnostic> findings) = await _builder.BuildAsync(
            snapshot,
            _current,
            cancellation
        );
        if (next is null)
        {
            return findings;
        }
        ListenerSet? oldMain = null;
        if (snapshot.Server.Address != _main!.Address || snapshot.Server.InsecureServer == _main.IsTls)
        {
            try
            {
                // The new address first: when it cannot be had, the old one still serves.
                ListenerSet newMain = await ListenAsync(snapshot, cancellation);
                oldMain = _main;
                _main = newMain;
            }
            catch (IOException e)
            {
                next.Providers.Dispose();
                return [.. findings, AddressProblem(snapshot, e)];
            }
        }
        Swap(next);
        await _names.UseAsync(next);
        if (oldMain is not null)
        {
            await oldMain.CloseAsync();
        }
        await _redirect.ApplyAsync(snapshot, cancellation);
        return findings;
    }

    /// <summary>Stops accepting, lets exchanges end within the drain time, then cuts what is left (hardening 14).</summary>
    public async Task DrainAsync()
    {
        _log.Draining(_server.OpenConnections);
        await CloseListenersAsync();
        _server.BeginDrain();
        long start = _parts.Clock.GetTimestamp();
        while (_server.OpenConnections > 0 && _parts.Clock.GetElapsedTime(start) < DrainMax)
        {
            await Task.Delay(DrainPoll, _parts.Clock);
        }
        if (_server.OpenConnections > 0)
        {
            _log.DrainCut(_server.OpenConnections);
            _server.AbortAll();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseListenersAsync();
        _server.AbortAll();
        await _names.DisposeAsync();
        await _upkeep.DisposeAsync();
        _current.Providers.Dispose();
    }

    private void Swap(Generation next)
    {
        Generation old = _current;
        _current = next;
        _certificates.Replace(next.Certificates);
        _controlPlane.Replace(ControlPlaneOf(next, _parts));
        _pipeline.Replace(next.Pipeline);
        _parts.Levels.Set(next.Snapshot.Logging.Level);
        old.Retire(next);
        _upkeep.Replace(old.Providers, next.Providers);
    }

    private Task<ListenerSet> ListenAsync(ConfigSnapshot snapshot, CancellationToken cancellation) =>
        ListenerSet.OpenAsync(
            snapshot.Server.Address,
            snapshot.Server.InsecureServer ? null : _certificates,
            _parts.Loops,
            _server,
            _log,
            cancellation
        );

    private async Task CloseListenersAsync()
    {
        ListenerSet? main = _main;
        _main = null;
        if (main is not null)
        {
            await main.CloseAsync();
        }
        await _redirect.CloseAsync();
    }

    private static ControlPlaneState ControlPlaneOf(Generation generation, ProcessParts parts) =>
        new(generation.Snapshot, generation.SignIn, generation.Keys) { Notice = parts.PageNotice };

    private static Diagnostic AddressProblem(ConfigSnapshot snapshot, IOException e) =>
        new(
            "address-in-use",
            Severity.Error,
            "address",
            snapshot.Places.Find("address"),
            e.Message,
            snapshot.Server.Address.ToString(),
            "choose a free address; the old one goes on serving"
        );
}
