using System.IO.Pipelines;
using System.Net;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Pomerium.Fast.Transport.Loops;
using Pomerium.Fast.Transport.Native;
using Pomerium.Fast.Transport.Tls;

namespace Pomerium.Fast.Transport.Epoll;

/// <summary>
/// A TCP or Unix connection on an epoll loop, plain or TLS. Its reader and writer move bytes by direct calls on the
/// loop's thread; continuations run inline.
///
/// <code>
///   open --FIN read--> read side ended --FIN sent--> closed
///     \--RST, TLS error, Abort---------------------> closed (ended badly)
/// </code>
/// </summary>
internal sealed class EpollConnection
    : ConnectionContext,
        IEpollHandler,
        IDuplexPipe,
        ILoopFeature,
        IConnectionStateFeature
{
    private static readonly ConnectionAbortedException LoopEnded = new("the loop has ended");
    private readonly EpollReader _reader;
    private readonly EpollWriter _writer;
    private readonly ulong _handle;
    private FeatureCollection? _features;
    private string? _id;
    private IDictionary<object, object?>? _items;
    private int _descriptor;
    private Action<object?>? _idleEnded;

    public EpollConnection(EpollLoop loop, int descriptor, EndPoint? local, EndPoint? remote)
    {
        Loop = loop;
        _descriptor = descriptor;
        LocalEndPoint = local;
        RemoteEndPoint = remote;
        _reader = new EpollReader(this);
        _writer = new EpollWriter(this);
        _handle = loop.Register(descriptor, this);
    }

    public EpollLoop Loop { get; }
    Loop ILoopFeature.Loop => Loop;

    /// <summary>Set once before the handshake; null on a plain connection.</summary>
    public TlsSession? Tls { get; set; }

    public override string ConnectionId
    {
        get => _id ??= Guid.NewGuid().ToString("N");
        set => _id = value;
    }
    public override IFeatureCollection Features => _features ??= MakeFeatures();
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
        set => throw new NotSupportedException("The transport of an epoll connection is the connection itself.");
    }
    public PipeReader Input => _reader;
    public PipeWriter Output => _writer;

    public bool EndedBadly { get; private set; }
    public bool IsClosed => _descriptor < 0;

    public bool IsQuiet => !IsClosed && _reader.IsQuiet;
    public Action<object?>? IdleEnded
    {
        get => _idleEnded;
        set => _idleEnded = value;
    }
    public object? IdleEndedState { get; set; }

    /// <summary>While the handshake runs readiness belongs to it.</summary>
    internal Action<EpollConnection>? Handshaking { get; set; }

    public void OnReady(uint events)
    {
        if ((events & (Poll.Error | Poll.HangUp)) != 0)
        {
            events |= Poll.In | Poll.Out | Poll.ReadHangUp;
        }
        bool hungUp = (events & Poll.ReadHangUp) != 0;
        bool readable = hungUp || (events & Poll.In) != 0;
        bool writable = (events & Poll.Out) != 0;
        if (Handshaking is { } handshake)
        {
            _reader.NoteReadable(hungUp);
            handshake(this);
            return;
        }
        // TLS may have to read before it can write on, and the other way round.
        if (writable || _writer.IsBlocked)
        {
            _writer.OnWritable();
        }
        if ((readable || _reader.BlockedOnWrite) && !IsClosed)
        {
            _reader.OnReadable(hungUp);
            TellIdleEnd();
        }
    }

    /// <summary>All bytes and handles of the loop go with it.</summary>
    public void OnLoopEnded() => Abort(LoopEnded);

    internal void NoteBadEnd() => EndedBadly = true;

    /// <summary>Moves bytes from the peer. Done, WantRead (also WantWrite with TLS), Closed (in order) or Failed.</summary>
    /// <param name="drained">Nothing is left behind: the next byte brings an edge.</param>
    internal unsafe TlsStatus Receive(Span<byte> into, out int read, out bool drained)
    {
        drained = false;
        if (IsClosed)
        {
            read = 0;
            return TlsStatus.Failed;
        }
        if (Tls is { } tls)
        {
            TlsStatus status = tls.Read(into, out read);
            drained = tls.IsDrained;
            EndedBadly |= status is TlsStatus.Failed or TlsStatus.Truncated;
            return status;
        }
        while (true)
        {
            fixed (byte* to = into)
            {
                nint got = NativeSocket.Receive(_descriptor, to, into.Length, 0);
                if (got > 0)
                {
                    read = (int)got;
                    drained = read < into.Length;
                    return TlsStatus.Done;
                }
                read = 0;
                if (got == 0)
                {
                    return TlsStatus.Closed;
                }
            }
            switch (Marshal.GetLastSystemError())
            {
                case Errno.Intr:
                    continue;
                case Errno.Again:
                    return TlsStatus.WantRead;
                default:
                    EndedBadly = true;
                    return TlsStatus.Failed;
            }
        }
    }

    /// <summary>Moves bytes to the peer. Done with how many, WantWrite (also WantRead with TLS), or Failed.</summary>
    /// <param name="more">More follows at once: a plain socket may hold a partial segment back for it.</param>
    internal unsafe TlsStatus Send(ReadOnlySpan<byte> bytes, bool more, out int sent)
    {
        if (IsClosed)
        {
            sent = 0;
            return TlsStatus.Failed;
        }
        if (Tls is { } tls)
        {
            TlsStatus status = tls.Write(bytes, out sent);
            EndedBadly |= status is TlsStatus.Failed or TlsStatus.Truncated;
            return status;
        }
        int flags = more ? NativeSocket.NoSignal | NativeSocket.More : NativeSocket.NoSignal;
        while (true)
        {
            fixed (byte* from = bytes)
            {
                nint wrote = NativeSocket.Send(_descriptor, from, bytes.Length, flags);
                if (wrote >= 0)
                {
                    sent = (int)wrote;
                    return TlsStatus.Done;
                }
                sent = 0;
            }
            switch (Marshal.GetLastSystemError())
            {
                case Errno.Intr:
                    continue;
                case Errno.Again:
                    return TlsStatus.WantWrite;
                default:
                    EndedBadly = true;
                    return TlsStatus.Failed;
            }
        }
    }

    /// <summary>Half-close: the peer reads the end after what was sent.</summary>
    internal void EndOutput()
    {
        if (!IsClosed)
        {
            Tls?.Shutdown();
            NativeSocket.Shutdown(_descriptor, NativeSocket.ShutdownWrite);
        }
    }

    /// <summary>Closes at once with a reset; whoever waits in a read or a flush is told that it is over.</summary>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (!IsClosed)
        {
            EndedBadly = true;
            NativeSocket.CloseWithReset(_descriptor);
            Close();
        }
    }

    public override ValueTask DisposeAsync()
    {
        if (!IsClosed)
        {
            _writer.FlushBeforeClose();
            Tls?.Shutdown();
            Close();
        }
        return base.DisposeAsync();
    }

    private void TellIdleEnd()
    {
        // Not every readable byte is the application's: a TLS 1.3 server sends tickets when it likes.
        if (_idleEnded is { } ended && !IsQuiet)
        {
            _idleEnded = null;
            ended(IdleEndedState);
        }
    }

    /// <summary>Closes at once, unsent bytes are dropped; the kernel sends what it has.</summary>
    internal void Close()
    {
        Loop.AssertCurrent();
        if (IsClosed)
        {
            return;
        }
        int descriptor = _descriptor;
        _descriptor = -1;
        // Closing the only descriptor of a socket takes it out of epoll too.
        Loop.Forget(_handle);
        Tls?.Dispose();
        Descriptor.Close(descriptor);
        _reader.OnClosed();
        _writer.OnClosed();
    }

    private FeatureCollection MakeFeatures()
    {
        FeatureCollection features = new();
        features.Set<ILoopFeature>(this);
        features.Set<IConnectionStateFeature>(this);
        if (Tls is { } tls)
        {
            features.Set(tls.Facts);
        }
        return features;
    }
}
