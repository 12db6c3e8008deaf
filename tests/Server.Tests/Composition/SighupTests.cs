using Microsoft.Extensions.Logging;
using Pomerium.Fast.Config;
using Pomerium.Fast.Config.Sources;
using Pomerium.Fast.Server.Composition;

namespace Pomerium.Fast.Server.Tests.Composition;

/// <summary>From SIGHUP to a configuration in force, with the log lines that operators look for (cli 1.2, config 1.9).</summary>
public sealed class SighupTests : IAsyncLifetime
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".yaml");
    private ProxyRig _rig = null!;
    private Reloader _reloader = null!;

    public async Task InitializeAsync()
    {
        Write("a.test");
        _rig = await ProxyRig.StartAsync(await File.ReadAllTextAsync(_file));
        ConfigSources sources = new() { FilePath = _file };
        _reloader = new Reloader(
            _rig.Server,
            sources,
            ConfigLoader.Load(sources),
            _rig.Parts.Loggers.CreateLogger("pomerium")
        );
        _reloader.Start();
    }

    public async Task DisposeAsync()
    {
        await _reloader.DisposeAsync();
        await _rig.DisposeAsync();
        File.Delete(_file);
    }

    // Without the watcher, so that only the signal can have done it.
    private void Write(string host, string more = "") =>
        File.WriteAllText(_file, ProxyRig.Yaml("runtime_flags: {config_hot_reload: false}\n" + more, Response(host)));

    private static string Response(string host) =>
        $"  - from: https://{host}\n    response: {{status: 200, body: hi}}\n    allow_public_unauthenticated_access: true\n";

    private Task ServesAsync(string host) =>
        Poll.UntilAsync(async () => await _rig.StatusAsync(host, "/") == 200, $"{host} is never served");

    [Fact]
    public async Task A_signal_brings_the_file_into_force_and_a_bad_file_does_not()
    {
        await _rig.Log.FindAsync("hot reload disabled");
        await ServesAsync("a.test");
        Write("b.test");
        _reloader.OnSighup();
        await ServesAsync("b.test");
        await _rig.Log.FindAsync("config: received SIGHUP, reloading config");
        await _rig.Log.FindAsync("config: loaded configuration", "\"routes\":1");

        Write("c.test", "log_level: loud\n");
        _reloader.OnSighup();
        string error = await _rig.Log.FindAsync("config: error updating config");
        Assert.Contains("\"level\":\"error\"", error, StringComparison.Ordinal);
        Assert.Contains("log_level", error, StringComparison.Ordinal);
        Assert.Contains(
            _rig.Log.All,
            l => l.Contains(_file, StringComparison.Ordinal) && l.Contains("\"line\":", StringComparison.Ordinal)
        );
        await ServesAsync("b.test");

        Write("c.test");
        _reloader.OnSighup();
        await ServesAsync("c.test");
    }
}
