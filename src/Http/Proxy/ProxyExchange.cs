using System.Diagnostics;
using Pomerium.Fast.Http.H1;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.Http.Routing;
using Pomerium.Fast.Http.Tunnels;
using Pomerium.Fast.Http.Upstream;
using Pomerium.Fast.Transport;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Http.Proxy;

/// <summary>
/// One exchange with an upstream: pick an endpoint, borrow or dial a connection on the same loop, send the request,
/// relay both bodies. One for each downstream exchange slot, reused. Loop-affine.
///
/// <code>
///   Idle --Begin--> Connecting --connection--> Asking --final head--> Answering --last byte taken--> Idle
///                       |  ^                     |  \--101------> Switched (a tunnel owns both ends)
///                       |  \--reused one died----/   \--failure--> Idle (nothing sent: an answer of ours)
///                       \--dial failed-----------> Idle           Answering --failure--> Idle (cut)
/// </code>
/// </summary>
internal sealed class ProxyExchange
{
    private enum State : byte
    {
        Idle,
        Connecting,
        Asking,
        Answering,
        Switched,
    }

    private readonly Exchange _exchange;
    private readonly IProxyClient _client;
    private readonly Loop _loop;
    private readonly Relay _upload;
    private readonly Relay _download;
    private readonly ProxyTimers _timers;
    private readonly Action _onAnswer;
    private readonly ByteBuffer _head = new(1024);
    private State _state;
    private Endpoint _endpoint = null!;
    private LoopPools _pools = null!;
    private UpstreamConnection? _upstream;
    private Tunnel? _tunnel;
    private BodyKind _body;
    private bool _handOver;
    private bool _upgrade;
    private bool _reused;
    private bool _retried;
    private bool _requestRead;
    private long _beganMs;
    private int _attempt;

    public ProxyExchange(Exchange exchange, IProxyClient client)
    {
        _exchange = exchange;
        _client = client;
        _loop = exchange.Loop;
        _upload = new Relay(_loop, OnUploadEnded);
        _download = new Relay(_loop, OnDownloadEnded);
        _timers = new ProxyTimers(_loop, Fail, () => Math.Max(_beganMs, Math.Max(_upload.MovedMs, _download.MovedMs)));
        _onAnswer = ReadAnswer;
    }

    public bool IsActive => _state != State.Idle;

    /// <summary>Asks the upstream of the exchange's route.</summary>
    public void Begin()
    {
        Route route = _exchange.Route!;
        if (!TryStart(route.Cluster!, handOver: false, _exchange.Request.AsksUpgrade, out FailureKind failure))
        {
            _client.OnProxyFailed(failure);
            return;
        }
        _timers.Begin(
            route.TimeoutMs,
            route.IdleTimeoutMs,
            (long)_exchange.Pipeline.Snapshot.Timeouts.Write.TotalMilliseconds
        );
        Connect();
    }

    /// <summary>Asks the control plane for the page that the exchange's facts name.</summary>
    public void BeginHandOver(Cluster controlPlane)
    {
        if (!TryStart(controlPlane, handOver: true, upgrade: false, out _))
        {
            _client.OnProxyFailed(FailureKind.ControlPlaneDown);
            return;
        }
        _timers.Begin(HandOver.TimeoutMs, HandOver.TimeoutMs, lifeMs: 0);
        Connect();
    }

    /// <summary>The client is gone or the server ends: lets go of the upstream, tells nobody.</summary>
    public void Abandon()
    {
        if (_state == State.Switched)
        {
            _tunnel?.Abort();
        }
        else if (_state != State.Idle)
        {
            DropUpstream();
            Finish();
        }
    }

    private bool TryStart(Cluster cluster, bool handOver, bool upgrade, out FailureKind failure)
    {
        Debug.Assert(_state == State.Idle, "one exchange at a time");
        _handOver = handOver;
        _upgrade = upgrade;
        _retried = _requestRead = false;
        _beganMs = _loop.NowMs;
        _pools = cluster.Pools(_loop);
        _body = handOver && _exchange.Facts.Page == PageKind.Error ? BodyKind.None : _exchange.Request.Body;
        if (cluster.Endpoints.Pick(ref _pools.Turn, _loop.NowMs) is not { } endpoint)
        {
            failure = FailureKind.NoEndpoint;
            return false;
        }
        _endpoint = endpoint;
        if (handOver)
        {
            HandOver.WriteHead(_exchange, _head);
        }
        else if (!RequestHeadWriter.TryWrite(_exchange, endpoint.Host, upgrade, _head))
        {
            failure = FailureKind.RewriteBroken;
            return false;
        }
        failure = FailureKind.None;
        _state = State.Connecting;
        return true;
    }

    private void Connect()
    {
        if (!_retried && _pools.TryTake(_endpoint) is { } idle)
        {
            _reused = true;
            Ask(idle);
            return;
        }
        _reused = false;
        if (!_pools.MayOpen)
        {
            Fail(FailureKind.Overflow);
            return;
        }
        _pools.Open++;
        _ = DialAsync(_endpoint, _pools, ++_attempt);
    }

    private async Task DialAsync(Endpoint endpoint, LoopPools pools, int attempt)
    {
        DialResult dialed = await _loop.DialAsync(endpoint.Dial);
        _loop.AssertCurrent();
        endpoint.NoteDial(dialed.Connection is not null, _loop.NowMs);
        if (dialed.Connection is null)
        {
            pools.Open--;
            if (attempt == _attempt && _state == State.Connecting)
            {
                Fail(
                    _handOver ? FailureKind.ControlPlaneDown
                    : dialed.Failure == DialFailure.TimedOut ? FailureKind.ConnectTimeout
                    : FailureKind.ConnectFailed
                );
            }
            return;
        }
        UpstreamConnection upstream = new(pools, endpoint, dialed.Connection);
        if (attempt == _attempt && _state == State.Connecting)
        {
            Ask(upstream);
        }
        else
        {
            pools.Return(upstream); // the exchange is over; the next one will want it
        }
    }

    private void Ask(UpstreamConnection upstream)
    {
        _upstream = upstream;
        _state = State.Asking;
        if (_handOver)
        {
            HandOver.SetFacts(_exchange, upstream);
        }
        ClientConnection http = upstream.Http1;
        http.Begin(_head.Span, _body);
        if (_body == BodyKind.None)
        {
            http.Output.TryFlush();
            OnRequestRead();
        }
        else
        {
            _client.SendContinue();
            _upload.Start(_client.RequestBody, http.Upload);
        }
        if (_state == State.Asking && _upstream == upstream)
        {
            http.Input.Ready = _onAnswer;
            ReadAnswer();
        }
    }

    private void OnRequestRead()
    {
        _requestRead = true;
        _timers.OnRequestRead();
        _client.OnRequestRead();
    }

    private void ReadAnswer()
    {
        while (_state == State.Asking)
        {
            if (!_upstream!.Http1.TryReadHead(_exchange.Response, _exchange.Request.IsHead, out FailureKind failure))
            {
                return;
            }
            int status = _exchange.Response.Status;
            if (failure != FailureKind.None)
            {
                OnAnswerFailed(failure);
            }
            else if (status >= 200)
            {
                Answer();
            }
            else if (status == 101)
            {
                Switch();
            }
            else if (status is 102 or 103)
            {
                _client.SendInformational();
            }
        }
    }

    private void Answer()
    {
        _state = State.Answering;
        if (_handOver)
        {
            HandOver.ClearFacts(_upstream!);
        }
        if (_exchange.Detail.IsEmpty)
        {
            _exchange.Detail = HandOver.ViaUpstream;
        }
        _client.BeginAnswer(_handOver ? ResponseHeadWriter.Origin.ControlPlane : ResponseHeadWriter.Origin.Upstream);
        _download.Start(_upstream!.Http1.Body, _client.AnswerBody);
    }

    /// <summary>A 101 that nobody asked for, or for another protocol, is a mistake (hardening 4).</summary>
    private void Switch()
    {
        bool asked =
            _upgrade
            && _requestRead
            && _exchange.Request.Headers.TryGet(KnownHeader.Upgrade, out ReadOnlySpan<byte> wanted)
            && _exchange.Response.Headers.TryGet(KnownHeader.Upgrade, out ReadOnlySpan<byte> given)
            && System.Text.Ascii.EqualsIgnoreCase(wanted, given);
        if (!asked)
        {
            Fail(FailureKind.UpstreamMalformed);
            return;
        }
        _state = State.Switched;
        _timers.End();
        _exchange.Detail = HandOver.ViaUpstream;
        Route route = _exchange.Route!;
        _tunnel = new Tunnel(
            _loop,
            _client.Switch(),
            new UpstreamStream(_upstream!),
            route.TimeoutMs,
            route.IdleTimeoutMs,
            OnTunnelEnded
        );
        _tunnel.Start();
    }

    private void OnTunnelEnded(Tunnel tunnel)
    {
        _exchange.ResponseBodyBytes = tunnel.BytesDown;
        _tunnel = null;
        _upstream = null;
        Finish();
        _client.OnProxied();
    }

    private void OnAnswerFailed(FailureKind failure)
    {
        bool mayRepeat =
            failure is FailureKind.UpstreamClosed or FailureKind.UpstreamReset
            && _reused
            && !_retried
            && !_upstream!.Http1.AnswerBegun
            && _body == BodyKind.None
            && !_upgrade
            && IsSafe(_exchange.Request.Method);
        if (!mayRepeat)
        {
            Fail(failure);
            return;
        }
        // The pooled connection had died unnoticed: the same endpoint is asked once more, over a fresh one.
        _retried = true;
        DropUpstream();
        _state = State.Connecting;
        Connect();
    }

    private void OnUploadEnded(Relay relay, RelayEnd end)
    {
        switch (end)
        {
            case RelayEnd.Complete:
                OnRequestRead();
                break;
            case RelayEnd.SourceMalformed:
                Fail(FailureKind.MalformedRequest);
                break;
            case RelayEnd.SourceTruncated:
                Fail(FailureKind.DownstreamGone);
                break;
            default:
                // The upstream takes no more of the body; what it says or how it ends decides.
                break;
        }
    }

    private void OnDownloadEnded(Relay relay, RelayEnd end)
    {
        _exchange.ResponseBodyBytes = relay.Bytes;
        switch (end)
        {
            case RelayEnd.Complete:
                Complete();
                break;
            case RelayEnd.SinkBroken:
                Fail(FailureKind.DownstreamGone);
                break;
            default:
                Fail(FailureKind.UpstreamTruncated);
                break;
        }
    }

    private void Complete()
    {
        UpstreamConnection upstream = _upstream!;
        _upstream = null;
        _upload.Stop();
        if (_requestRead && _exchange.Response.KeepAlive && !_upgrade)
        {
            _pools.Return(upstream);
        }
        else if (_requestRead)
        {
            upstream.Close();
        }
        else
        {
            upstream.Abort(); // half a request is no request
        }
        Finish();
        _client.OnProxied();
    }

    private void Fail(FailureKind failure)
    {
        bool begun = _state == State.Answering;
        if (begun)
        {
            _exchange.ResponseBodyBytes = _download.Bytes;
        }
        DropUpstream();
        Finish();
        if (begun)
        {
            _client.Cut(failure);
        }
        else
        {
            _client.OnProxyFailed(failure);
        }
    }

    private void DropUpstream()
    {
        _upload.Stop();
        _download.Stop();
        _attempt++;
        if (_upstream is { } upstream)
        {
            _upstream = null;
            if (_handOver)
            {
                HandOver.ClearFacts(upstream);
            }
            upstream.Abort();
        }
    }

    private void Finish()
    {
        _timers.End();
        _state = State.Idle;
    }

    /// <summary>RFC 9110 9.2.1.</summary>
    private static bool IsSafe(ReadOnlySpan<byte> method) =>
        method.SequenceEqual("GET"u8)
        || method.SequenceEqual("HEAD"u8)
        || method.SequenceEqual("OPTIONS"u8)
        || method.SequenceEqual("TRACE"u8);
}
