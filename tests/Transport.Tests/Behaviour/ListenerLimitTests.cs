using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Transport.Behaviour;

/// <summary>A listener that stops early must come back by itself: no edge tells of what already waits.</summary>
public sealed class ListenerLimitTests
{
    private static readonly Authority Ca = new();

    [Theory]
    [MemberData(nameof(Transports.Rows), MemberType = typeof(Transports))]
    public async Task Full_handshakes_make_the_next_client_wait_and_not_vanish(TransportKind kind)
    {
        await using Rig rig = await Rig.StartAsync(
            kind,
            Rig.Echo,
            Authority.Serve(Ca.Issue("app.test")),
            o => o with { HandshakesInFlightMax = 1, HandshakeTimeout = TimeSpan.FromSeconds(2) }
        );
        using TcpClient silent = new();
        await silent.ConnectAsync(rig.Address);
        DialResult result = await rig.Dial(Ca.Client("app.test"));
        Assert.True(result.Failure == DialFailure.None, result.Detail);
    }

    [Theory]
    [MemberData(nameof(Transports.Rows), MemberType = typeof(Transports))]
    public async Task Few_accepts_a_turn_still_serve_a_crowd(TransportKind kind)
    {
        await using Rig rig = await Rig.StartAsync(kind, Rig.Echo, adjust: o => o with { AcceptsPerTurnMax = 1 });
        string[] answers = await rig.On(async loop =>
            await Task.WhenAll(
                Enumerable
                    .Range(0, 30)
                    .Select(async i =>
                    {
                        ConnectionContext connection = (await rig.DialOn(loop)).Connection!;
                        await Rig.Send(connection, $"{i:00}");
                        return await Rig.Take(connection, 2);
                    })
            )
        );
        Assert.Equal(Enumerable.Range(0, 30).Select(static i => $"{i:00}"), answers);
    }
}
