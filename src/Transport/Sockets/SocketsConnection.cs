using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Pomerium.Fast.Transport.Loops;
using Pomerium.Fast.Transport.Pipes;
using Pomerium.Fast.Transport.Timers;
using Pomerium.Fast.Transport.Tls;

namespace Pomerium.Fast.Transport.Sockets;

/// <summary>A connection of the portable transport, with the manners of the epoll one. Loop-affine.</summary>
internal sealed class SocketsConnection
    : ConnectionContext,
        IDuplexPipe,
        ILoopFeature,
        IConnectionStateFeature,
        IPipeOwner
{
    private const long IdleProbeMs = 250;
    private const long CloseMs = 1_000;
    private readonly Socket _socket;
    private readonly IDisposable? _pipes;
    private readonly BreakableReader _reader;
    private readonly BreakableWriter _writer;
    private readonly FeatureCollection _features = new();
    private readonly LoopTimer _idleProbe;
    private IDictionary<object, object?>? _items;
    private Action<object?>? _idleEnded;
    private string? _id;
    private bool _closing;

    public SocketsConnection(Loop loop, Socket socket, IDuplexPipe pipe, ITlsFeature? tls)
    {
        Loop = loop;
        _socket = socket;
        _pipes = pipe as IDisposable;
        _reader = new BreakableReader(pipe.Input, this);
        _writer = new BreakableWriter(pipe.Output, this);
        _idleProbe = new LoopTimer("idle_probe", static c => ((SocketsConnection)c!).ProbeIdle(), this);
        LocalEndPoint = Unmapped(socket.LocalEndPoint);
        RemoteEndPoint = Unmapped(socket.RemoteEndPoint);
        _features.Set<ILoopFeature>(this);
        _features.Set<IConnectionStateFeature>(this);
        if (tls is not null)
        {
            _features.Set(tls);
        }
    }

    public Loop Loop { get; }

    public override string ConnectionId
    {
        get => _id ??= Guid.NewGuid().ToString("N");
        set => _id = value;
    }
    public override IFeatureCollection Features => _features;
    public override IDictionary<object, object?> Items
    {
        get => _items ??= new Dictionary<object, object?>();
        set => _items = value;
    }
    public override EndPoint? LocalEndPoint { get; set; }
    public override EndPoint? RemoteEndPoint { get; set; }
    public override IDuplexPipe Transport
    {
        get => this;
        set => throw new NotSupportedException("The transport of a socket connection is the connection itself.");
    }
    public PipeReader Input => _reader;
    public PipeWriter Output => _writer;

    public bool EndedBadly { get; private set; }
    public bool IsQuiet => !_closing && _reader.IsQuiet;
    public object? IdleEndedState { get; set; }
    public Action<object?>? IdleEnded
    {
        get => _idleEnded;
        set
        {
            _idleEnded = value;
            if (value is null)
            {
                Loop.Timers.Disarm(_idleProbe);
            }
            else
            {
                Loop.Timers.Arm(_idleProbe, Loop.NowMs, IdleProbeMs);
            }
        }
    }

    void IPipeOwner.OnPipeWritten() { }

    void IPipeOwner.OnPipeBroken() => EndedBadly = true;

    public override void Abort(ConnectionAbortedException abortReason)
    {
        Loop.AssertCurrent();
        if (_closing)
        {
            return;
        }
        EndedBadly = true;
        _reader.Break();
        _writer.Break();
        // The socket first: the pipes would shut it down in order.
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
        Close();
    }

    public override ValueTask DisposeAsync()
    {
        Loop.AssertCurrent();
        if (!_closing)
        {
            _closing = true;
            IdleEnded = null;
            _ = EndAsync();
        }
        return base.DisposeAsync();
    }

    /// <summary>What was written goes out first, but a peer that takes nothing is not waited for long.</summary>
    private async Task EndAsync()
    {
        LoopTimer limit = new("close_timeout", static c => ((SocketsConnection)c!).Close(), this);
        Loop.Timers.Arm(limit, Loop.NowMs, CloseMs);
        if (_writer.IsPending)
        {
            return;
        }
        await _writer.FlushAsync().ConfigureAwait(false);
        await _writer.CompleteAsync().ConfigureAwait(false);
        // The pumps see the end in turns of their own: close_notify and FIN leave before the descriptor goes.
        Loop.Timers.Arm(limit, Loop.NowMs, TimerWheel.TickMs);
    }

    private void Close()
    {
        _closing = true;
        Loop.Timers.Disarm(_idleProbe);
        _pipes?.Dispose();
        _socket.Dispose();
    }

    private void ProbeIdle()
    {
        if (_idleEnded is not { } ended)
        {
            return;
        }
        if (IsQuiet)
        {
            Loop.Timers.Arm(_idleProbe, Loop.NowMs, IdleProbeMs);
            return;
        }
        _idleEnded = null;
        ended(IdleEndedState);
    }

    private static EndPoint? Unmapped(EndPoint? endPoint) =>
        endPoint is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped
            ? new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port)
            : endPoint;
}
