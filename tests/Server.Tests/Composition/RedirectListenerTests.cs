using System.Net;
using System.Net.Sockets;

namespace Pomerium.Fast.Server.Tests.Composition;

/// <summary>The listener for plain HTTP (routing 12).</summary>
public sealed class RedirectListenerTests : IAsyncLifetime
{
    private const string Listens = "http_redirect_addr: 127.0.0.1:0\n";
    private static readonly string Route = ProxyRig.Public("a.test", 1);
    private ProxyRig _rig = null!;

    public async Task InitializeAsync() => _rig = await ProxyRig.StartAsync(ProxyRig.Yaml(Listens, Route));

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    private int Port => ((IPEndPoint)_rig.Server.RedirectEndPoint!).Port;

    [Theory]
    [InlineData("a.test", "/x?y=z", "https://a.test/x?y=z")]
    [InlineData("a.test:8080", "/", "https://a.test/")]
    [InlineData("nobody.test", "/.pomerium/", "https://nobody.test/.pomerium/")]
    public async Task Everything_is_sent_to_https(string host, string path, string location)
    {
        using HttpResponseMessage answer = await _rig.GetAsync(Port, host, path);
        Assert.Equal(HttpStatusCode.MovedPermanently, answer.StatusCode);
        Assert.Equal(location, answer.Headers.Location!.OriginalString);
        Assert.True(answer.Headers.ConnectionClose);
    }

    [Fact]
    public async Task IA_43_A_cookie_on_it_is_neither_read_nor_set()
    {
        (string Name, string Value) cookie = await _rig.SignInAsync("ann");
        using HttpResponseMessage answer = await _rig.GetAsync(Port, "a.test", "/", cookie);
        Assert.Equal(HttpStatusCode.MovedPermanently, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.DoesNotContain(_rig.Log.All, static l => l.Contains("ann", StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_it_cannot_listen_that_is_logged_and_the_proxy_serves()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        string line = $"http_redirect_addr: {taken.LocalEndpoint}\n";
        await using ProxyRig rig = await ProxyRig.StartAsync(ProxyRig.Yaml(line, Route));
        string logged = await rig.Log.FindAsync("failed to listen on http redirect addr");
        Assert.Contains("\"level\":\"error\"", logged, StringComparison.Ordinal);
        Assert.Equal(200, await rig.StatusAsync("a.test", "/ping"));
    }

    [Fact]
    public async Task A_reload_can_take_it_away_and_bring_it_back()
    {
        int port = Port;
        await _rig.ReloadAsync(ProxyRig.Yaml("", Route));
        Assert.Null(_rig.Server.RedirectEndPoint);
        await Poll.UntilAsync(async () => !await ProxyRig.AcceptsAsync(port), "it still listens");
        await _rig.ReloadAsync(ProxyRig.Yaml(Listens, Route));
        using HttpResponseMessage answer = await _rig.GetAsync(Port, "a.test", "/");
        Assert.Equal(HttpStatusCode.MovedPermanently, answer.StatusCode);
    }
}
