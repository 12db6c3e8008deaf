using System.Collections.Immutable;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.H1;
using Pomerium.Fast.Http.Routing;

namespace Pomerium.Fast.Http.Pipeline;

/// <summary>Everything a request needs from one configuration: read once when its head is complete, kept to its end.</summary>
public sealed class HttpPipeline
{
    public HttpPipeline(
        ConfigSnapshot snapshot,
        RouteTable routes,
        ImmutableArray<IHandler> handlers,
        IExchangeObserver? observer
    )
    {
        Snapshot = snapshot;
        Routes = routes;
        Handlers = handlers;
        Observer = observer;
        Forwarding = new ForwardingRules(snapshot.Requests);
        Forbidden = new ForbiddenHeaders(snapshot);
        Cookies = new CookieCutter(snapshot.Identity.Cookie.Name);
        ResponseSet = new ResponseHeaderSet(snapshot.Requests.SetResponseHeaders);
        HeadRules = HeadRules.Default with { Underscores = snapshot.Requests.HeadersWithUnderscores };
        InternalPaths = new InternalPaths(snapshot);
    }

    public ConfigSnapshot Snapshot { get; }
    public RouteTable Routes { get; }

    /// <summary>Session, policy, identity, in this order.</summary>
    public ImmutableArray<IHandler> Handlers { get; }

    /// <summary>Answers every request before anything else is looked at; null for an ordinary listener.</summary>
    public IHandler? Front { get; init; }

    /// <summary>Told of every finished exchange; null when nobody logs.</summary>
    public IExchangeObserver? Observer { get; }
    public ForwardingRules Forwarding { get; }
    public ForbiddenHeaders Forbidden { get; }
    public CookieCutter Cookies { get; }

    /// <summary>Global response headers, for answers that no route owns.</summary>
    public ResponseHeaderSet ResponseSet { get; }
    public HeadRules HeadRules { get; }

    public InternalPaths InternalPaths { get; }
}

/// <summary>The pipeline in force; replaced as a whole by a reload.</summary>
public sealed class PipelineReference(HttpPipeline pipeline)
{
    private HttpPipeline _current = pipeline;

    public HttpPipeline Current => Volatile.Read(ref _current);

    public void Replace(HttpPipeline next) => Volatile.Write(ref _current, next);
}
