using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Pomerium.Fast.Config.Diagnostics;

namespace Pomerium.Fast.Server.Tests.Composition;

/// <summary>A new configuration is in force as a whole, or not at all (config 1.9).</summary>
public sealed class ReloadTests : IAsyncLifetime
{
    private HeldUpstream _upstream = null!;
    private ProxyRig _rig = null!;

    public async Task InitializeAsync()
    {
        _upstream = await HeldUpstream.StartAsync();
        _rig = await ProxyRig.StartAsync(Yaml("a.test"));
    }

    public async Task DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    private string Yaml(string host, string lines = "") => ProxyRig.Yaml(lines, ProxyRig.Public(host, _upstream.Port));

    [Fact]
    public async Task Routes_of_the_new_configuration_serve_at_once_on_the_same_port()
    {
        int port = _rig.Port;
        Assert.Equal(200, await _rig.StatusAsync("a.test", "/"));
        Assert.DoesNotContain(await _rig.ReloadAsync(Yaml("b.test")), static d => d.Severity == Severity.Error);
        Assert.Equal(port, _rig.Port);
        Assert.Equal(404, await _rig.StatusAsync("a.test", "/"));
        Assert.Equal(200, await _rig.StatusAsync("b.test", "/"));
    }

    [Fact]
    public async Task What_cannot_be_built_changes_nothing_and_says_why()
    {
        string bad = Yaml("b.test").Replace("idp_provider: oidc", "idp_provider: oidk", StringComparison.Ordinal);
        ImmutableArray<Diagnostic> findings = await _rig.ReloadAsync(bad);
        Diagnostic error = Assert.Single(findings, static d => d.Severity == Severity.Error);
        Assert.Equal(("provider-unknown", "idp_provider"), (error.Code, error.Path));
        Assert.NotEmpty(error.Remedy);
        Assert.Equal(200, await _rig.StatusAsync("a.test", "/"));
        Assert.Equal(404, await _rig.StatusAsync("b.test", "/"));
    }

    [Fact]
    public async Task A_request_that_has_begun_ends_under_the_old_configuration()
    {
        Task<HttpResponseMessage> held = _rig.GetAsync("a.test", "/held");
        await _upstream.Held.Task;
        await _rig.ReloadAsync(Yaml("b.test"));
        Assert.Equal(404, await _rig.StatusAsync("a.test", "/"));
        _upstream.Release.SetResult();
        using HttpResponseMessage answer = await held;
        Assert.Equal("hello", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_changed_address_is_listened_on_and_the_old_one_left()
    {
        int old = _rig.Port;
        Assert.Empty((await _rig.ReloadAsync(Yaml("a.test", "address: localhost:0\n"))).Where(IsError));
        Assert.NotEqual(old, _rig.Port);
        Assert.Equal(200, await _rig.StatusAsync("a.test", "/"));
        await Poll.UntilAsync(async () => !await ProxyRig.AcceptsAsync(old), "the old address still listens");
    }

    [Fact]
    public async Task An_address_that_cannot_be_had_is_an_error_and_the_old_one_serves()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        Diagnostic error = Assert.Single(
            await _rig.ReloadAsync(Yaml("b.test", $"address: 127.0.0.1:{port}\n")),
            IsError
        );
        Assert.Equal(("address-in-use", "address", $"127.0.0.1:{port}"), (error.Code, error.Path, error.Value));
        Assert.Equal(200, await _rig.StatusAsync("a.test", "/"));
    }

    [Fact]
    public async Task The_log_level_follows_at_once()
    {
        Assert.Equal(200, await _rig.StatusAsync("a.test", "/one"));
        await _rig.Log.FindAsync("http-request", "/one");
        await _rig.ReloadAsync(Yaml("a.test", "log_level: error\n"));
        Assert.Equal(200, await _rig.StatusAsync("a.test", "/two"));
        await _rig.ReloadAsync(Yaml("a.test", "log_level: debug\n"));
        Assert.Equal(200, await _rig.StatusAsync("a.test", "/three"));
        Assert.Equal(200, await _rig.StatusAsync("a.test", "/ping"));
        await _rig.Log.FindAsync("http-request", "\"path\":\"/three\"");
        await _rig.Log.FindAsync("http-request", "\"path\":\"/ping\"");
        Assert.DoesNotContain(_rig.Log.All, static l => l.Contains("/two", StringComparison.Ordinal));
    }

    private static bool IsError(Diagnostic finding) => finding.Severity == Severity.Error;
}
