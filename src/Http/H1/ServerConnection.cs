using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.Http.Proxy;
using Pomerium.Fast.Http.Routing;
using Pomerium.Fast.Http.Tunnels;
using Pomerium.Fast.Transport.Loops;
using Pomerium.Fast.Transport.Tls;

namespace Pomerium.Fast.Http.H1;

/// <summary>
/// A client's HTTP/1.1 connection: one exchange after the other, in one reusable <see cref="Exchange"/>. Loop-affine.
/// </summary>
internal sealed class ServerConnection : IDownstream, IProxyClient, IByteStream
{
    private const int RequestLineRest = 64; // method, version and blanks beside the target
    private const int HeadsPerTurnMax = 64; // neighbours get their turn (hardening 11.4)
    private static readonly ConnectionAbortedException Cutting = new("the answer cannot be completed");
    private readonly ConnectionContext _connection;
    private readonly LoopShare _share;
    private readonly InputWait _input;
    private readonly OutputWait _output;
    private readonly HeadReader _heads;
    private readonly BodyReader _body;
    private readonly AnswerWriter _answer;
    private readonly Leftovers _leftovers;
    private readonly ServerTimers _timers;
    private readonly ReadPace _pace;
    private readonly Exchange _exchange;
    private readonly Chain _chain;
    private readonly ProxyExchange _proxy;
    private readonly Action _onInput;
    private readonly Action _onOutput;
    private LinkedListNode<ServerConnection>? _listed;
    private ServerPhase _phase;
    private bool _readingHeads;
    private bool _open;
    private FailureKind _paged;

    public ServerConnection(ConnectionContext connection, LoopShare share)
    {
        _connection = connection;
        _share = share;
        Loop = share.Loop;
        Peer = connection.RemoteEndPoint as IPEndPoint ?? new IPEndPoint(IPAddress.Loopback, 0);
        PeerAddress = ClientAddress.From(Peer.Address);
        Tls = connection.Features.Get<ITlsFeature>();
        _input = new InputWait(connection.Transport.Input);
        _output = new OutputWait(connection.Transport.Output);
        _heads = new HeadReader(_input);
        _body = new BodyReader(_input, connection.Features.Get<IConnectionStateFeature>());
        _leftovers = new Leftovers(_input, _body);
        _timers = new ServerTimers(Loop, this);
        _pace = new ReadPace(_output);
        _exchange = new Exchange(Loop, this);
        _answer = new AnswerWriter(_exchange, _output, _body, share);
        _chain = new Chain(_exchange, OnChainEnded);
        _proxy = new ProxyExchange(_exchange, this);
        _onInput = OnInput;
        _onOutput = FlushAnswer;
    }

    public Loop Loop { get; }
    public IPEndPoint Peer { get; }
    public ClientAddress PeerAddress { get; }
    public ITlsFeature? Tls { get; }
    public object? AuthMemory { get; set; }
    IBodySource IProxyClient.RequestBody => _body;
    IBodySink IProxyClient.AnswerBody => _answer.Body;
    IBodySource IByteStream.Source => _body;
    IBodySink IByteStream.Sink => _answer.Body;
    private HttpServer Server => _share.Server;
    internal TimeoutOptions Timeouts => Server.Pipeline.Current.Snapshot.Timeouts;

    public void Start()
    {
        _listed = _share.Add(this);
        _timers.ArmHead(Server.Options.RequestHeaderTimeout);
        _timers.BeginIdle(Timeouts.Idle);
        _timers.BeginPace();
        ReadHeads();
    }

    /// <summary>The process comes to rest. A request that is on its way to an idle connection is still served.</summary>
    public void OnDrain()
    {
        if (IsIdle)
        {
            _timers.ArmLinger(Server.Options.LingeringTimeout);
        }
    }

    /// <summary>Ends the connection whatever it is doing.</summary>
    public void Terminate()
    {
        if (_phase == ServerPhase.Closed)
        {
            return;
        }
        bool pending = _phase == ServerPhase.Handling;
        _proxy.Abandon();
        Abort();
        if (!pending)
        {
            Release(); // a pending handler still holds the exchange: its return releases
        }
    }

    internal void OnHeadTimeout()
    {
        if (IsIdle)
        {
            Close();
        }
        else if (IsBetweenRequests)
        {
            OpenExchange();
            _exchange.Pipeline.Forwarding.Apply(_exchange);
            Fail(FailureKind.RequestTimeout);
        }
    }

    internal bool IsBetweenRequests => _phase == ServerPhase.Head;
    private bool IsIdle => IsBetweenRequests && !_heads.HasBegun;

    internal void OnReadTimeout()
    {
        if (_phase == ServerPhase.Proxying && !_answer.HasBegun)
        {
            _proxy.Abandon();
            Fail(FailureKind.RequestTimeout);
        }
    }

    internal void OnLingerTimeout() => Close();

    internal void OnPaceLook()
    {
        if (_pace.IsTooSlow() && _phase is ServerPhase.Answering or ServerPhase.Proxying)
        {
            Drop();
        }
    }

    void IProxyClient.SendContinue() => _answer.SendContinue();

    void IProxyClient.SendInformational() => _answer.SendInformational();

    void IProxyClient.OnProxied() => EndExchange();

    void IProxyClient.OnProxyFailed(FailureKind failure) => Fail(failure);

    void IByteStream.EndOutput() => _output.Writer.Complete();

    /// <summary>From here on a client that goes away is noticed, and its upstream is let go.</summary>
    void IProxyClient.OnRequestRead()
    {
        _timers.DisarmRead();
        _input.Ready = _onInput;
        Watch();
    }

    void IProxyClient.BeginAnswer(ResponseHeadWriter.Origin origin)
    {
        _timers.DisarmRead();
        _answer.Begin(origin);
    }

    IByteStream IProxyClient.Switch()
    {
        _phase = ServerPhase.Tunnel;
        _answer.Switch();
        _body.Begin(BodyKind.UntilClose, 0);
        return this;
    }

    void IProxyClient.Cut(FailureKind failure)
    {
        FailureAnswers.Note(_exchange, failure, _answer.HasBegun);
        Abort();
        Release();
    }

    private void OnInput()
    {
        switch (_phase)
        {
            case ServerPhase.Head:
                ReadHeads();
                break;
            case ServerPhase.Proxying:
                Watch();
                break;
            case ServerPhase.Draining or ServerPhase.Lingering:
                OnLeftovers(_leftovers.Read());
                break;
            default:
                break;
        }
    }

    /// <summary>Takes heads as long as they are there; exchanges that end at once come back here without recursion.</summary>
    private void ReadHeads()
    {
        if (_readingHeads)
        {
            return;
        }
        _readingHeads = true;
        for (int heads = 0; _phase == ServerPhase.Head; heads++)
        {
            if (heads == HeadsPerTurnMax)
            {
                Loop.Post(static c => ((ServerConnection)c!).ReadHeads(), this);
                break;
            }
            _input.Ready = _onInput;
            HeadRules rules = Server.Pipeline.Current.HeadRules;
            HeadReader.Status status = _heads.TryRead(rules.HeaderBytesMax, rules.RequestLineMax + RequestLineRest);
            if (status == HeadReader.Status.Wait)
            {
                if (_heads.HasBegun)
                {
                    _timers.DisarmLinger();
                    _timers.ArmHeadOnce(Server.Options.RequestHeaderTimeout);
                }
                break;
            }
            OnHead(status);
        }
        _readingHeads = false;
    }

    private void OnHead(HeadReader.Status status)
    {
        if (status == HeadReader.Status.Ended || RequestIntake.IsTls(_heads.Partial))
        {
            _heads.Stop();
            Close();
            return;
        }
        OpenExchange();
        FailureKind failure = RequestIntake.Read(_heads, status, _exchange, out bool unescape);
        _heads.Consume(status == HeadReader.Status.Complete ? _heads.Head.Length : 0);
        _exchange.Pipeline.Forwarding.Apply(_exchange);
        if (failure != FailureKind.None)
        {
            Fail(failure);
            return;
        }
        _body.Begin(_exchange.Request.Body, _exchange.Request.ContentLength);
        _answer.OwesContinue = _exchange.Request.ExpectsContinue;
        if (!_body.IsDone)
        {
            _timers.ArmRead(_exchange.Pipeline.Snapshot.Timeouts.Read);
        }
        _chain.Begin(unescape);
    }

    private void OpenExchange()
    {
        _timers.DisarmHead();
        _timers.DisarmLinger();
        _input.Ready = null;
        _open = true;
        _phase = ServerPhase.Handling;
        _exchange.Pipeline = Server.Pipeline.Current;
        _exchange.StartedMs = Loop.NowMs;
    }

    private void OnChainEnded(ChainEnd end)
    {
        if (_phase == ServerPhase.Closed)
        {
            Release();
            return;
        }
        switch (end)
        {
            case ChainEnd.Answered:
                Answer();
                break;
            case ChainEnd.Proxy:
                _phase = ServerPhase.Proxying;
                _proxy.Begin();
                break;
            case ChainEnd.HandOver:
                HandOver();
                break;
            default:
                Fail(_exchange.Failure);
                break;
        }
    }

    private void HandOver()
    {
        if (Server.Options.ControlPlane is not { } controlPlane)
        {
            Fail(FailureKind.ControlPlaneDown);
            return;
        }
        _phase = ServerPhase.Proxying;
        _proxy.BeginHandOver(controlPlane);
    }

    /// <summary>Nothing has been sent yet: the failure becomes an answer.</summary>
    private void Fail(FailureKind failure)
    {
        if (_paged != FailureKind.None)
        {
            failure = _paged; // the page could not be had; the failure it was to explain still stands
        }
        FailureRow row = FailureAnswers.Note(_exchange, failure, _answer.HasBegun);
        if (row.ClosesDownstream)
        {
            _answer.RefuseClient();
        }
        if (row.Status == 0)
        {
            Abort();
            Release();
            return;
        }
        if (
            _paged == FailureKind.None
            && Server.Options.ControlPlane is not null
            && FailureAnswers.WantsPage(_exchange, row)
        )
        {
            _paged = failure;
            FailureAnswers.AskForPage(_exchange, row);
            HandOver();
            return;
        }
        FailureAnswers.Make(_exchange, row);
        Answer();
    }

    /// <summary>Sends the answer that the exchange holds.</summary>
    private void Answer()
    {
        _timers.DisarmRead();
        _answer.WriteLocal();
        _phase = ServerPhase.Answering;
        _output.Ready = _onOutput;
        FlushAnswer();
    }

    private void FlushAnswer()
    {
        if (_phase == ServerPhase.Answering && _output.TryFlush())
        {
            EndExchange();
        }
    }

    private void EndExchange()
    {
        _output.Ready = null;
        if (_phase == ServerPhase.Closed)
        {
            Release();
            return;
        }
        bool drain = !_body.IsDone;
        bool linger = _answer.Lingers;
        bool close = _answer.Closes || _output.IsBroken;
        Release();
        if (close)
        {
            End(linger);
        }
        else if (drain)
        {
            _phase = ServerPhase.Draining;
            ReadLeftovers(anything: false, Server.Options.EarlyResponseDrainMax);
        }
        else
        {
            NextHead();
        }
    }

    private void NextHead()
    {
        _phase = ServerPhase.Head;
        _timers.NoteIdle();
        ReadHeads();
    }

    private void ReadLeftovers(bool anything, long bytesMax)
    {
        _timers.ArmLinger(Server.Options.LingeringTimeout);
        _input.Ready = _onInput;
        OnLeftovers(_leftovers.Begin(anything, bytesMax));
    }

    private void OnLeftovers(Leftovers.Status status)
    {
        if (status == Leftovers.Status.Done)
        {
            _timers.DisarmLinger();
            NextHead();
        }
        else if (status == Leftovers.Status.GiveUp)
        {
            End(linger: _phase == ServerPhase.Draining);
        }
    }

    /// <summary>Half-closes and listens a little longer where bytes may still come, so that a reset does not take the answer away.</summary>
    private void End(bool linger)
    {
        if (!linger || _output.IsBroken)
        {
            Close();
            return;
        }
        _phase = ServerPhase.Lingering;
        _body.Stop();
        _output.Writer.Complete();
        ReadLeftovers(anything: true, Server.Options.LingeringBytesMax);
    }

    /// <summary>While the answer is awaited: pipelined bytes wait where they are; an end means that nobody waits for it.</summary>
    private void Watch()
    {
        if (_phase != ServerPhase.Proxying || !_input.TryRead(out ReadResult read))
        {
            return;
        }
        bool gone = read.IsCompleted && read.Buffer.IsEmpty;
        _input.AdvanceTo(read.Buffer.Start);
        _input.Ready = null;
        if (gone)
        {
            Drop();
        }
    }

    /// <summary>The client is gone, or as good as gone.</summary>
    private void Drop()
    {
        _proxy.Abandon();
        ((IProxyClient)this).Cut(FailureKind.DownstreamGone);
    }

    /// <summary>The exchange is over: it is told to whoever counts, and made ready for the next.</summary>
    private void Release()
    {
        if (!_open)
        {
            return;
        }
        _open = false;
        _exchange.Pipeline.Observer?.OnCompleted(_exchange);
        _exchange.Reset();
        _timers.DisarmRead();
        _answer.Reset();
        _paged = FailureKind.None;
    }

    public void Close()
    {
        if (Leave())
        {
            _ = _connection.DisposeAsync().AsTask();
        }
    }

    public void Abort()
    {
        if (Leave())
        {
            _connection.Abort(Cutting);
            _ = _connection.DisposeAsync().AsTask();
        }
    }

    private bool Leave()
    {
        if (_phase == ServerPhase.Closed)
        {
            return false;
        }
        _phase = ServerPhase.Closed;
        _timers.DisarmAll();
        _input.Ready = null;
        _output.Ready = null;
        _share.Remove(_listed!);
        return true;
    }
}
