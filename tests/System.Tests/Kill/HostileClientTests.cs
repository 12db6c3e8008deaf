using System.Net;
using System.Net.Sockets;
using System.Text;
using Pomerium.Fast.Parts;

namespace Pomerium.Fast.SystemTests.Kill;

/// <summary>Clients that are slow, broken or many cost nothing that lasts.</summary>
public sealed class HostileClientTests
{
    private const int Connections = 10_000;
    private const int AtOnce = 100;

    [Fact]
    public async Task Head_that_does_not_end_is_answered_408_and_closed()
    {
        await using UpstreamApp app = await UpstreamApp.StartAsync();
        await using PlainServer server = await PlainServer.StartAsync(app.Address, "timeout_read: 1s");
        using Socket socket = await DialAsync(server.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "));
        string answer = await ReadToEndAsync(socket);
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ten_thousand_garbage_connections_leave_no_trace(bool tls)
    {
        await using UpstreamApp app = await UpstreamApp.StartAsync();
        await using PlainServer server = await PlainServer.StartAsync(app.Address, tls: tls);
        // Everything that is made once is made before the measure is taken.
        await StormAsync(server.Port, 2000, seed: 1);
        await SettleAsync(server);
        long resident = server.Process.ResidentKib();
        int descriptors = server.Process.OpenDescriptors();

        await StormAsync(server.Port, Connections, seed: 2);

        Assert.False(server.Process.HasEnded, server.Process.Errors);
        await Waiting.UntilAsync(
            () => Task.FromResult(server.Process.OpenDescriptors() <= descriptors + 5),
            "descriptors closed again"
        );
        await Waiting.UntilAsync(
            () => Task.FromResult(server.Process.ResidentKib() <= resident * 1.1),
            $"resident memory back to {resident} KiB and a tenth; now {server.Process.ResidentKib()} KiB",
            seconds: 30
        );
        using SignInClient client = new();
        using HttpResponseMessage answer = await client.GetAsync(
            new Uri($"{(tls ? "https" : "http")}://localhost:{server.Port}/")
        );
        await ToldRequest.ReadAsync(answer);
    }

    private static async Task SettleAsync(PlainServer server)
    {
        int last = -1;
        await Waiting.UntilAsync(
            () =>
            {
                int now = server.Process.OpenDescriptors();
                bool same = now == last;
                last = now;
                return Task.FromResult(same);
            },
            "a quiet server"
        );
    }

    private static async Task StormAsync(int port, int count, int seed)
    {
        int next = 0;
        await Task.WhenAll(
            Enumerable
                .Range(0, AtOnce)
                .Select(async worker =>
                {
                    Random random = new((seed * 1000) + worker);
                    while (Interlocked.Increment(ref next) <= count)
                    {
                        await GarbageAsync(port, random);
                    }
                })
        );
    }

    private static async Task GarbageAsync(int port, Random random)
    {
        byte[] bytes = Garbage(random);
        try
        {
            using Socket socket = await DialAsync(port);
            await socket.SendAsync(bytes);
            if (random.Next(3) == 0)
            {
                socket.LingerState = new LingerOption(enable: true, 0);
            }
            else
            {
                socket.Shutdown(SocketShutdown.Send);
                await ReadToEndAsync(socket);
            }
        }
        catch (SocketException)
        {
            // The server may cut such a connection at any point.
        }
    }

    private static byte[] Garbage(Random random)
    {
        switch (random.Next(5))
        {
            case 0:
                return [];
            case 1:
                return Encoding.ASCII.GetBytes(
                    "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"
                );
            case 2:
                // A TLS record that promises a hello and does not keep it.
                return [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03];
            case 3:
                return Encoding.ASCII.GetBytes(
                    "GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
                );
            default:
                byte[] bytes = new byte[random.Next(1, 2000)];
                random.NextBytes(bytes);
                return bytes;
        }
    }

    private static async Task<Socket> DialAsync(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(20));
        StringBuilder text = new();
        byte[] buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, limit.Token) is var read and > 0)
        {
            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        return text.ToString();
    }
}
