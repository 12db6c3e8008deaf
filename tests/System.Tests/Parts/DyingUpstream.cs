using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pomerium.Fast.Parts;

/// <summary>How an upstream ends in the middle of its answer.</summary>
public enum Death
{
    BeforeHead,
    InHead,
    InLengthBody,
    InChunkedBody,

    /// <summary>A body that ends with the connection, and the connection is reset.</summary>
    InOpenBodyByReset,
}

/// <summary>Takes a request, answers a part, and dies. Raw bytes, since no server library does this.</summary>
public sealed class DyingUpstream : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _end = new();
    private readonly Death _death;

    public DyingUpstream(Death death)
    {
        _death = death;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(64);
        _ = ServeAsync();
    }

    public string Address => $"http://{_listener.LocalEndPoint}";

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using Socket socket = await _listener.AcceptAsync(_end.Token);
                byte[] head = new byte[16 * 1024];
                await socket.ReceiveAsync(head, _end.Token);
                await socket.SendAsync(Encoding.ASCII.GetBytes(Part()), _end.Token);
                if (_death == Death.InOpenBodyByReset)
                {
                    // What was sent has arrived before the reset overtakes it.
                    await Task.Delay(100, _end.Token);
                    socket.LingerState = new LingerOption(enable: true, 0);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private string Part() =>
        _death switch
        {
            Death.BeforeHead => "",
            Death.InHead => "HTTP/1.1 200 OK\r\nContent-Le",
            Death.InLengthBody => "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this",
            Death.InChunkedBody => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nonly this\r\n",
            _ => "HTTP/1.1 200 OK\r\n\r\nonly this",
        };
}
