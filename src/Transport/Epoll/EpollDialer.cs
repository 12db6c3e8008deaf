using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Transport.Native;
using Pomerium.Fast.Transport.Timers;
using Pomerium.Fast.Transport.Tls;

namespace Pomerium.Fast.Transport.Epoll;

/// <summary>One connect in progress: TCP or Unix, then TLS where asked. Everything that goes wrong is a value.</summary>
internal sealed class EpollDialer
{
    private readonly EpollLoop _loop;
    private readonly DialOptions _options;
    private readonly TaskCompletionSource<DialResult> _result = new();
    private readonly LoopTimer _timer;
    private EpollConnection? _connection;
    private int _descriptor;

    private EpollDialer(EpollLoop loop, DialOptions options)
    {
        _loop = loop;
        _options = options;
        _timer = new LoopTimer(
            "connect_timeout",
            static d => ((EpollDialer)d!).Fail(DialFailure.TimedOut, "connect timeout"),
            this
        );
    }

    public static ValueTask<DialResult> DialAsync(EpollLoop loop, DialOptions options) =>
        new(new EpollDialer(loop, options).Begin());

    private Task<DialResult> Begin()
    {
        Span<byte> address = stackalloc byte[SocketAddressBytes.SizeMax];
        (int family, int length) = SocketAddressBytes.Write(_options.EndPoint, address);
        _descriptor = NativeSocket.Create(family, NativeSocket.Stream | NativeSocket.NonBlockingCloseOnExec, 0);
        if (_descriptor < 0)
        {
            return Task.FromResult(Refusal(Marshal.GetLastPInvokeError()));
        }
        if (_descriptor >= ProcessSettings.DialedDescriptorsEnd)
        {
            Descriptor.Close(_descriptor);
            return Task.FromResult(Refusal(Errno.NoFileInProcess));
        }
        NativeSocket.SetOption(_descriptor, NativeSocket.LevelTcp, NativeSocket.NoDelay, 1);
        int error = Connect(address[..length]);
        if (error is not (0 or Errno.InProgress))
        {
            Descriptor.Close(_descriptor);
            return Task.FromResult(Refusal(error));
        }
        try
        {
            _connection = new EpollConnection(_loop, _descriptor, local: null, _options.EndPoint);
        }
        catch (Win32Exception e)
        {
            // The kernel has no room for one more watch.
            Descriptor.Close(_descriptor);
            return Task.FromResult(Refusal(e.NativeErrorCode));
        }
        _loop.Timers.Arm(_timer, _loop.NowMs, (long)_options.ConnectTimeout.TotalMilliseconds);
        if (error == 0)
        {
            OnConnected();
        }
        else
        {
            _connection.Handshaking = _ => OnConnected();
        }
        return _result.Task;
    }

    private unsafe int Connect(Span<byte> address)
    {
        fixed (byte* at = address)
        {
            return NativeSocket.Connect(_descriptor, at, address.Length) < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
    }

    private void OnConnected()
    {
        _connection!.Handshaking = null;
        int error = NativeSocket.PendingError(_descriptor);
        if (error != 0)
        {
            DialResult refusal = Refusal(error);
            Fail(refusal.Failure, refusal.Detail!);
            return;
        }
        if (_options.Tls is not { } tls)
        {
            Succeed();
            return;
        }
        EpollHandshake.Start(
            _connection,
            TlsEngine.CreateClient(_descriptor, tls, _loop),
            timeout: null,
            static (_, ok, d) => ((EpollDialer)d!).OnHandshake(ok),
            this
        );
    }

    private void OnHandshake(bool ok)
    {
        if (ok)
        {
            Succeed();
            return;
        }
        TlsSession session = _connection!.Tls!;
        Fail(
            session.FailedOnCertificate ? DialFailure.CertificateRefused : DialFailure.TlsFailed,
            session.FailureDetail
        );
    }

    private void Succeed()
    {
        _loop.Timers.Disarm(_timer);
        _result.TrySetResult(new DialResult(_connection, DialFailure.None, null));
    }

    private void Fail(DialFailure failure, string detail)
    {
        _loop.Timers.Disarm(_timer);
        _connection!.Handshaking = null;
        _connection.Abort(new ConnectionAbortedException(detail));
        _result.TrySetResult(new DialResult(null, failure, detail));
    }

    private static DialResult Refusal(int error) =>
        new(
            null,
            error switch
            {
                Errno.ConnectionRefused or Errno.NotFound or Errno.ConnectionReset => DialFailure.Refused,
                Errno.NetUnreachable or Errno.HostUnreachable => DialFailure.Unreachable,
                Errno.TimedOut => DialFailure.TimedOut,
                Errno.AddressNotAvailable or Errno.Again => DialFailure.NoLocalPort,
                _ => DialFailure.Other,
            },
            new Win32Exception(error).Message
        );
}
