using System.Collections.Immutable;
using System.Text;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.H1;
using Pomerium.Fast.Http.Routing;

namespace Pomerium.Fast.Http.Pipeline;

/// <summary>Everything a request needs from one configuration: read once when its head is complete, kept to its end.</summary>
public sealed class HttpPipeline
{
    private readonly byte[] _internalAuthenticateHost;
    private readonly bool _anyPort;

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
        AuthenticateHost = snapshot.Identity.AuthenticateUrl is { } url
            ? Encoding.ASCII.GetBytes(url.Authority.ToLowerInvariant())
            : [];
        _internalAuthenticateHost = snapshot.Identity.AuthenticateInternalUrl is { } inner
            ? Encoding.ASCII.GetBytes(inner.Authority.ToLowerInvariant())
            : [];
        _anyPort = snapshot.Flag("match_any_incoming_port");
        CallbackPath = Encoding.ASCII.GetBytes(snapshot.Identity.CallbackPath);
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

    /// <summary>Host of the sign-in endpoints, lower case with a port that is not the default; empty without one.</summary>
    public byte[] AuthenticateHost { get; }
    public byte[] CallbackPath { get; }

    /// <summary>The request is for the sign-in host; a port counts as routes count it (routing 3.1).</summary>
    public bool IsAuthenticateHost(ReadOnlySpan<byte> authority) =>
        Answers(AuthenticateHost, authority) || Answers(_internalAuthenticateHost, authority);

    private bool Answers(ReadOnlySpan<byte> own, ReadOnlySpan<byte> authority)
    {
        if (own.IsEmpty || authority.Length < own.Length || !Ascii.EqualsIgnoreCase(authority[..own.Length], own))
        {
            return false;
        }
        ReadOnlySpan<byte> rest = authority[own.Length..];
        return rest.IsEmpty || (rest[0] == ':' && (rest.SequenceEqual(":443"u8) || (_anyPort && !HasPort(own))));
    }

    private static bool HasPort(ReadOnlySpan<byte> own)
    {
        AuthorityRules.HostOf(own, out _, out bool hasPort);
        return hasPort;
    }
}

/// <summary>The pipeline in force; replaced as a whole by a reload.</summary>
public sealed class PipelineReference(HttpPipeline pipeline)
{
    private HttpPipeline _current = pipeline;

    public HttpPipeline Current => Volatile.Read(ref _current);

    public void Replace(HttpPipeline next) => Volatile.Write(ref _current, next);
}
