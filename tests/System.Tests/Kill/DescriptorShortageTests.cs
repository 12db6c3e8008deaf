using System.Net;
using System.Net.Sockets;
using Pomerium.Fast.Parts;

namespace Pomerium.Fast.SystemTests.Kill;

/// <summary>More clients than descriptors (hardening 11.1): some are closed, nobody hangs, the process lives.</summary>
public sealed class DescriptorShortageTests
{
    private const int SpareForClients = 70;
    private const int Clients = 300;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Clients_that_are_in_are_served_while_others_are_turned_away(bool tls)
    {
        await using UpstreamApp app = await UpstreamApp.StartAsync();
        int descriptors;
        await using (PlainServer measured = await PlainServer.StartAsync(app.Address, tls: tls))
        {
            descriptors = measured.Process.OpenDescriptors();
        }
        await using PlainServer server = await PlainServer.StartAsync(
            app.Address,
            tls: tls,
            openFiles: descriptors + SpareForClients
        );
        using SignInClient client = new();
        Uri address = new($"{(tls ? "https" : "http")}://localhost:{server.Port}/");
        (await client.GetAsync(address)).Dispose();
        List<Socket> crowd = [];
        try
        {
            for (int i = 0; i < Clients; i++)
            {
                Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                crowd.Add(socket);
                await socket.ConnectAsync(IPAddress.Loopback, server.Port);
            }
            await Waiting.UntilAsync(
                () => Task.FromResult(crowd.Count(static s => s.Poll(0, SelectMode.SelectRead)) > Clients / 2),
                "clients turned away"
            );
            Assert.False(server.Process.HasEnded, server.Process.Errors);
            using HttpResponseMessage answer = await client.GetAsync(address);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        finally
        {
            crowd.ForEach(static s => s.Dispose());
        }
        await Waiting.UntilAsync(
            () => Task.FromResult(server.Process.OpenDescriptors() <= descriptors + 10),
            "descriptors closed again"
        );
        using SignInClient late = new();
        using HttpResponseMessage served = await late.GetAsync(address);
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
    }
}
