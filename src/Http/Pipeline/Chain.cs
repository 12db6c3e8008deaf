using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Routing;

namespace Pomerium.Fast.Http.Pipeline;

/// <summary>What follows when the chain has been run.</summary>
internal enum ChainEnd : byte
{
    /// <summary>The exchange holds the whole answer.</summary>
    Answered,

    /// <summary>The exchange's route has an upstream, and the request may go there.</summary>
    Proxy,

    /// <summary>The control plane answers.</summary>
    HandOver,

    /// <summary>A failure answer by <see cref="Exchange.Failure"/>.</summary>
    Failed,
}

/// <summary>
/// From a parsed head to what is to be done with it (routing 1): internal paths, route, upgrade check, handlers, then
/// the route's action. One for each exchange slot; holds its place while a handler is pending. Loop-affine.
/// </summary>
internal sealed class Chain
{
    private readonly Exchange _exchange;
    private readonly Action<ChainEnd> _ended;
    private readonly Action<Step> _resumed;
    private readonly ByteBuffer _scratch = new(256);
    private int _next;

    public Chain(Exchange exchange, Action<ChainEnd> ended)
    {
        _exchange = exchange;
        _ended = ended;
        _resumed = OnResumed;
    }

    /// <param name="unescape">The path was unescaped and the client is to ask for it in that form.</param>
    public void Begin(bool unescape)
    {
        _next = 0;
        _exchange.Resumed = _resumed;
        if (_exchange.Pipeline.Front is { } front)
        {
            Run(front.Handle(_exchange));
            return;
        }
        if (unescape && FailureAnswers.IsGrpc(_exchange.Request))
        {
            Fail(FailureKind.PathRejected); // a gRPC client follows no redirect (routing 4.1)
            return;
        }
        if (unescape)
        {
            LocalAnswers.Unescaped(_exchange, _scratch);
            _ended(ChainEnd.Answered);
            return;
        }
        switch (_exchange.Pipeline.InternalPaths.Of(_exchange.Request))
        {
            case InternalPath.None:
                Match();
                return;
            case InternalPath.Ping:
                LocalAnswers.Ping(_exchange);
                break;
            case InternalPath.Home:
                LocalAnswers.Home(_exchange);
                break;
            case InternalPath.Robots:
                LocalAnswers.Robots(_exchange);
                break;
            default:
                _exchange.IsInternal = true;
                Run(Step.Continue);
                return;
        }
        _ended(ChainEnd.Answered);
    }

    private void Match()
    {
        RequestHead request = _exchange.Request;
        Route? route = _exchange.Pipeline.Routes.Match(request);
        _exchange.Route = route;
        if (route is null)
        {
            Fail(FailureKind.RouteNotFound);
        }
        else if (route.IsTcp || (request.AsksUpgrade && !AllowsUpgrade(route, request)))
        {
            Fail(FailureKind.UpgradeRefused);
        }
        else
        {
            Run(Step.Continue);
        }
    }

    private static bool AllowsUpgrade(Route route, RequestHead request) =>
        request.Headers.TryGet(KnownHeader.Upgrade, out ReadOnlySpan<byte> token) && route.AllowsUpgrade(token);

    private void OnResumed(Step step)
    {
        if (step != Step.Pending)
        {
            Run(step);
        }
    }

    private void Run(Step step)
    {
        while (step == Step.Continue)
        {
            if (_next == _exchange.Pipeline.Handlers.Length)
            {
                Act();
                return;
            }
            step = _exchange.Pipeline.Handlers[_next++].Handle(_exchange);
        }
        switch (step)
        {
            case Step.Pending:
                break;
            case Step.Answered:
                _ended(ChainEnd.Answered);
                break;
            case Step.HandOver:
                _ended(ChainEnd.HandOver);
                break;
            default:
                _ended(ChainEnd.Failed);
                break;
        }
    }

    /// <summary>Every handler let the request pass.</summary>
    private void Act()
    {
        if (_exchange.Route is not { } route)
        {
            _ended(ChainEnd.HandOver);
        }
        else if (route.Config.Redirect is not null)
        {
            LocalAnswers.Redirect(_exchange, route, _scratch);
            _ended(ChainEnd.Answered);
        }
        else if (route.Config.Response is not null)
        {
            LocalAnswers.Response(_exchange, route);
            _ended(ChainEnd.Answered);
        }
        else if (route.Cluster is null)
        {
            Fail(FailureKind.NoEndpoint);
        }
        else
        {
            _ended(ChainEnd.Proxy);
        }
    }

    private void Fail(FailureKind failure)
    {
        _exchange.Failure = failure;
        _ended(ChainEnd.Failed);
    }
}
