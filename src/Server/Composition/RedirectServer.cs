using System.Net;
using Microsoft.Extensions.Logging;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.H1;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.Http.Routing;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Server.Composition;

/// <summary>The listener that sends plain-HTTP visitors to https (routing 12). A failure to listen is logged and no more.</summary>
internal sealed class RedirectServer(LoopGroup loops, ILogger log)
{
    private HttpServer? _server;
    private ListenerSet? _listeners;

    /// <summary>Null while it does not listen.</summary>
    public EndPoint? EndPoint => _listeners?.EndPoint;

    public async Task ApplyAsync(ConfigSnapshot snapshot, CancellationToken cancellation)
    {
        ListenAddress? wanted = snapshot.Server.HttpRedirectAddress;
        if (_listeners is { } open && open.Address != wanted)
        {
            await CloseAsync();
        }
        if (wanted is null)
        {
            return;
        }
        HttpPipeline pipeline = PipelineOf(snapshot);
        if (_listeners is not null)
        {
            _server!.Pipeline.Replace(pipeline);
            return;
        }
        _server = new HttpServer(loops.Loops, new PipelineReference(pipeline), new HttpServerOptions());
        try
        {
            _listeners = await ListenerSet.OpenAsync(wanted, certificates: null, loops, _server, log, cancellation);
        }
        catch (IOException e)
        {
            log.RedirectListenFailed(e, wanted.ToString());
        }
    }

    public async Task CloseAsync()
    {
        if (_listeners is { } open)
        {
            _listeners = null;
            await open.CloseAsync();
            _server!.BeginDrain();
        }
    }

    /// <summary>No route and no sign-in host: the handler sees every request first.</summary>
    private static HttpPipeline PipelineOf(ConfigSnapshot snapshot)
    {
        ConfigSnapshot bare = snapshot with
        {
            Routes = [],
            Identity = snapshot.Identity with { AuthenticateUrl = null },
            Requests = snapshot.Requests with { SetResponseHeaders = [] },
        };
        (RouteTable? none, _) = RouteTableBuilder.Build(bare, []);
        return new HttpPipeline(bare, none!, [], observer: null) { Front = new HttpsRedirectHandler() };
    }
}
