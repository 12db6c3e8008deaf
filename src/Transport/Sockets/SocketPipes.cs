using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using Pipelines.Sockets.Unofficial;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Transport.Sockets;

/// <summary>The pipes of a socket, and of TLS above them; their outer ends run on the loop.</summary>
internal static class SocketPipes
{
    private const int ReceivePause = 64 * 1024;

    public static SocketConnection Open(Loop loop, Socket socket) =>
        SocketConnection.Create(socket, SendOptions(loop), ReceiveOptions(loop));

    /// <summary>
    /// Pumps between a TLS stream and two pipes until both directions have ended. The library's own stream over a pipe
    /// throws from its continuations when the connection breaks, which would reach the loop.
    /// </summary>
    public static IDuplexPipe OverTls(Loop loop, SslStream stream, TurnstileStream socket)
    {
        Pipe received = new(ReceiveOptions(loop));
        Pipe toSend = new(SendOptions(loop));
        _ = ReceiveAsync(stream, received.Writer, socket);
        _ = SendAsync(stream, toSend.Reader, socket);
        return new Duplex(received.Reader, toSend.Writer);
    }

    // A flush is done when all before it was taken by the socket: so back-pressure is the socket's, and what was
    // flushed survives the close.
    private static PipeOptions SendOptions(Loop loop) =>
        new(
            readerScheduler: loop,
            writerScheduler: loop,
            pauseWriterThreshold: 1,
            resumeWriterThreshold: 1,
            useSynchronizationContext: false
        );

    private static PipeOptions ReceiveOptions(Loop loop) =>
        new(
            readerScheduler: loop,
            writerScheduler: loop,
            pauseWriterThreshold: ReceivePause,
            resumeWriterThreshold: ReceivePause / 2,
            useSynchronizationContext: false
        );

    private static async Task ReceiveAsync(SslStream stream, PipeWriter into, TurnstileStream socket)
    {
        Exception? failure = null;
        try
        {
            while (true)
            {
                int read = await ReadAsync(stream, into.GetMemory(), socket).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }
                into.Advance(read);
                if ((await into.FlushAsync().ConfigureAwait(false)).IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception e)
        {
            failure = e as IOException ?? new IOException("the connection broke", e);
        }
        await into.CompleteAsync(failure).ConfigureAwait(false);
    }

    private static async ValueTask<int> ReadAsync(SslStream stream, Memory<byte> into, TurnstileStream socket)
    {
        await socket.BeginReadAsync().ConfigureAwait(false);
        try
        {
            return await stream.ReadAsync(into).ConfigureAwait(false);
        }
        finally
        {
            socket.EndRead();
        }
    }

    private static async Task SendAsync(SslStream stream, PipeReader from, TurnstileStream socket)
    {
        Exception? failure = null;
        try
        {
            while (true)
            {
                ReadResult result = await from.ReadAsync().ConfigureAwait(false);
                foreach (ReadOnlyMemory<byte> part in result.Buffer)
                {
                    await stream.WriteAsync(part).ConfigureAwait(false);
                }
                from.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    break;
                }
            }
            await socket.WhileReadRestsAsync(stream.ShutdownAsync).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure = e as IOException ?? new IOException("the connection broke", e);
        }
        EndOutput(socket.Socket);
        await from.CompleteAsync(failure).ConfigureAwait(false);
    }

    /// <summary>Whatever went wrong before: a peer that is told nothing would wait for ever.</summary>
    private static void EndOutput(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer, or the connection's owner, was faster.
        }
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
