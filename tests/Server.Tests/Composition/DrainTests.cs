using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pomerium.Fast.Server.Tests.Composition;

/// <summary>An orderly end: what has begun is finished, nothing new begins (hardening 14).</summary>
public sealed class DrainTests : IAsyncLifetime
{
    private HeldUpstream _upstream = null!;
    private ProxyRig _rig = null!;

    public async Task InitializeAsync()
    {
        _upstream = await HeldUpstream.StartAsync();
        _rig = await ProxyRig.StartAsync(ProxyRig.Yaml("", ProxyRig.Public("a.test", _upstream.Port)));
    }

    public async Task DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task A_request_under_way_is_answered_and_told_to_close()
    {
        int port = _rig.Port;
        Task<HttpResponseMessage> held = _rig.GetAsync("a.test", "/held");
        await _upstream.Held.Task;
        Task drained = _rig.Server.DrainAsync();
        await Poll.UntilAsync(async () => !await ProxyRig.AcceptsAsync(port), "the address still listens");
        Assert.False(drained.IsCompleted);
        _upstream.Release.SetResult();
        using HttpResponseMessage answer = await held;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("hello", await answer.Content.ReadAsStringAsync());
        Assert.True(answer.Headers.ConnectionClose);
        await drained.WaitAsync(TimeSpan.FromSeconds(20));
        await _rig.Log.FindAsync("draining: 1 connections are open");
        Assert.Empty(_rig.Log.Of("drain time is over"));
    }

    [Fact]
    public async Task An_idle_connection_is_closed()
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, _rig.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("GET /ping HTTP/1.1\r\nHost: a.test\r\n\r\n"));
        byte[] buffer = new byte[4096];
        string answer = Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer));
        Assert.StartsWith("HTTP/1.1 200 OK", answer, StringComparison.Ordinal);
        Task drained = _rig.Server.DrainAsync();
        Assert.Equal(0, await stream.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(20)));
        await drained.WaitAsync(TimeSpan.FromSeconds(20));
    }
}
