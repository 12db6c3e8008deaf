using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Pomerium.Fast.Transport.Loops;
using Pomerium.Fast.Transport.Pipes;

namespace Pomerium.Fast.Transport.InMemory;

/// <summary>
/// One end of an in-memory connection, with the same manners as a socket's: an orderly end is read as the end, an
/// abort reaches both ends at once and drops what is under way, waiting reads and flushes are told.
/// </summary>
public sealed class InMemoryConnection
    : ConnectionContext,
        IDuplexPipe,
        ILoopFeature,
        IConnectionStateFeature,
        IInMemoryLinkFeature,
        IPipeOwner
{
    private readonly Loop? _loop;
    private readonly BreakableReader _reader;
    private readonly BreakableWriter _writer;
    private readonly FeatureCollection _features;
    private readonly CancellationTokenSource _closed = new();
    private InMemoryConnection? _peer;
    private Action<object?>? _idleEnded;
    private IDictionary<object, object?>? _items;
    private string? _id;
    private int _disposed;
    private volatile bool _endedBadly;

    internal InMemoryConnection(
        Loop? loop,
        PipeReader reader,
        PipeWriter writer,
        SharedFeatures shared,
        EndPoint endPoint
    )
    {
        _loop = loop;
        _reader = new BreakableReader(reader, this);
        _writer = new BreakableWriter(writer, this);
        Shared = shared;
        LocalEndPoint = RemoteEndPoint = endPoint;
        _features = new FeatureCollection(shared);
        _features.Set<IConnectionStateFeature>(this);
        _features.Set<IInMemoryLinkFeature>(this);
        if (loop is not null)
        {
            _features.Set<ILoopFeature>(this);
        }
    }

    public SharedFeatures Shared { get; }
    Loop ILoopFeature.Loop => _loop!;

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
    public override CancellationToken ConnectionClosed
    {
        get => _closed.Token;
        set => throw new NotSupportedException("The end of an in-memory connection is told by the connection itself.");
    }
    public override IDuplexPipe Transport
    {
        get => this;
        set => throw new NotSupportedException("The transport of an in-memory connection is the connection itself.");
    }
    public PipeReader Input => _reader;
    public PipeWriter Output => _writer;

    public bool EndedBadly => _endedBadly;
    public bool IsQuiet => _disposed == 0 && _reader.IsQuiet;
    public object? IdleEndedState { get; set; }
    public Action<object?>? IdleEnded
    {
        get => _idleEnded;
        set
        {
            Volatile.Write(ref _idleEnded, value);
            if (value is not null && !IsQuiet)
            {
                OnPeerActivity();
            }
        }
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        EndBadly();
        _peer!.EndBadly();
    }

    public override ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _writer.Complete();
            _reader.Complete();
            _peer!.OnPeerActivity();
            _peer.SayClosed();
        }
        return base.DisposeAsync();
    }

    internal void Join(InMemoryConnection peer) => _peer = peer;

    // This end wrote or ended: the other may wait for it in a pool.
    void IPipeOwner.OnPipeWritten() => _peer!.OnPeerActivity();

    void IPipeOwner.OnPipeBroken() => _endedBadly = true;

    private void EndBadly()
    {
        _endedBadly = true;
        _reader.Break();
        _writer.Break();
        OnPeerActivity();
        SayClosed();
    }

    private void OnPeerActivity()
    {
        if (Volatile.Read(ref _idleEnded) is null || _loop is not { } loop)
        {
            return;
        }
        loop.Post(
            static s =>
            {
                InMemoryConnection self = (InMemoryConnection)s!;
                if (self._idleEnded is { } told && !self.IsQuiet)
                {
                    self._idleEnded = null;
                    told(self.IdleEndedState);
                }
            },
            this
        );
    }

    private void SayClosed()
    {
        // Registrations are someone else's code: never on the thread of the end that closed.
        if (!_closed.IsCancellationRequested)
        {
            _ = _closed.CancelAsync();
        }
    }
}
