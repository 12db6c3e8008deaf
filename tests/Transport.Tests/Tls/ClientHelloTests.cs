using System.Net.Sockets;
using Pomerium.Fast.Transport.Behaviour;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Transport.Tls;

/// <summary>The first message of a client that is nobody yet (hardening 8).</summary>
public sealed class ClientHelloTests
{
    private static readonly Authority Ca = new();

    [Theory]
    [InlineData(12_000, false)]
    [InlineData(40_000, true)]
    public async Task Hello_that_is_too_large_is_cut_before_it_ends(int bytes, bool cut)
    {
        await using Rig rig = await Rig.StartAsync(
            TransportKind.Epoll,
            Rig.Echo,
            Authority.Serve(Ca.Issue("app.test")),
            static o => o with { HandshakeTimeout = TimeSpan.FromMinutes(1) }
        );
        using TcpClient client = new();
        await client.ConnectAsync(rig.Address);
        NetworkStream stream = client.GetStream();
        try
        {
            await stream.WriteAsync(Records(bytes));
        }
        catch (IOException)
        {
            // It was cut while more was sent.
        }
        Assert.Equal(cut, await EndsAsync(stream, TimeSpan.FromSeconds(cut ? 20 : 0.3)));
    }

    /// <summary>Records of 8 KiB with the beginning of a hello that promises 100,000 bytes.</summary>
    private static byte[] Records(int bytes)
    {
        const int Size = 8 * 1024;
        List<byte> all = [];
        for (int at = 0; at < bytes; at += Size)
        {
            int length = Math.Min(Size, bytes - at);
            all.AddRange([0x16, 0x03, 0x01, (byte)(length >> 8), (byte)length]);
            byte[] body = new byte[length];
            if (at == 0)
            {
                new byte[] { 0x01, 0x01, 0x86, 0xA0, 0x03, 0x03 }.CopyTo(body, 0);
            }
            all.AddRange(body);
        }
        return [.. all];
    }

    private static async Task<bool> EndsAsync(NetworkStream stream, TimeSpan within)
    {
        using CancellationTokenSource limit = new(within);
        try
        {
            return await stream.ReadAsync(new byte[1], limit.Token) == 0;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
