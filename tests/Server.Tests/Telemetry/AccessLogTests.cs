using System.Text.RegularExpressions;
using Pomerium.Fast.Server.Tests.Composition;

namespace Pomerium.Fast.Server.Tests.Telemetry;

/// <summary>The line of a finished request, to the byte (telemetry spec 2.3).</summary>
public sealed partial class AccessLogTests : IAsyncLifetime
{
    private HeldUpstream _upstream = null!;

    public async Task InitializeAsync() => _upstream = await HeldUpstream.StartAsync();

    public async Task DisposeAsync() => await _upstream.DisposeAsync();

    [GeneratedRegex("\"duration\":[0-9]+")]
    private static partial Regex Duration { get; }

    [GeneratedRegex("\"time\":\"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\"")]
    private static partial Regex Time { get; }

    [GeneratedRegex("\"request-id\":\"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\"")]
    private static partial Regex RequestId { get; }

    /// <summary>What differs from run to run, in fixed words; it must have been there in the right form.</summary>
    private static string Still(string line) =>
        RequestId.Replace(Time.Replace(Duration.Replace(line, "DURATION"), "TIME"), "ID");

    private Task<ProxyRig> StartAsync(string lines = "") =>
        ProxyRig.StartAsync(ProxyRig.Yaml(lines, ProxyRig.Public("a.test", _upstream.Port, "    name: app\n")));

    private static async Task<string> LineAsync(
        ProxyRig rig,
        string host,
        string path,
        params (string Name, string Value)[] headers
    )
    {
        using HttpResponseMessage answer = await rig.GetAsync(host, path, headers);
        return Still(await rig.Log.FindAsync("http-request"));
    }

    [Fact]
    public async Task A_proxied_request_has_the_default_fields_in_their_order()
    {
        await using ProxyRig rig = await StartAsync();
        string line = await LineAsync(
            rig,
            "a.test",
            "/x?secret=1",
            ("User-Agent", "probe \"1\""),
            ("Referer", "https://r.test/y?token=2"),
            ("X-Forwarded-For", "192.0.2.7")
        );
        Assert.Equal(
            "{\"level\":\"info\",\"service\":\"envoy\",\"upstream-cluster\":\"app-"
                + rig.Snapshot.Routes[0].Id
                + "\",\"method\":\"GET\",\"authority\":\"a.test\",\"path\":\"/x\",\"user-agent\":\"probe \\\"1\\\"\","
                + "\"referer\":\"https://r.test/y\",\"forwarded-for\":\"192.0.2.7,127.0.0.1\",ID,DURATION,\"size\":5,"
                + "\"response-code\":200,\"response-code-details\":\"via_upstream\",TIME,\"message\":\"http-request\"}",
            line
        );
    }

    [Theory]
    [InlineData("nobody.test", "/", 404, "route_not_found")]
    [InlineData("a.test", "/.pomerium/nothing", 404, "via_upstream")]
    public async Task Answers_of_our_own_name_no_route(string host, string path, int status, string details)
    {
        await using ProxyRig rig = await StartAsync();
        string line = await LineAsync(rig, host, path);
        Assert.Contains(
            $"\"response-code\":{status},\"response-code-details\":\"{details}\"",
            line,
            StringComparison.Ordinal
        );
        string cluster = details is "via_upstream" ? "pomerium-control-plane-http" : "";
        Assert.Contains($"\"upstream-cluster\":\"{cluster}\"", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dead_upstream_has_its_reason()
    {
        await using ProxyRig rig = await ProxyRig.StartAsync(ProxyRig.Yaml("", ProxyRig.Public("a.test", 1)));
        string line = await LineAsync(rig, "a.test", "/");
        Assert.Contains("\"response-code\":503", line, StringComparison.Ordinal);
        Assert.Contains(
            "upstream_reset_before_response_started{remote_connection_failure}",
            line,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Chosen_fields_replace_the_default_ones()
    {
        await using ProxyRig rig = await StartAsync(
            "access_log_fields: [ip, query, path, cluster-stat-name, headers.X-Team]\n"
        );
        string line = await LineAsync(rig, "a.test", "/x?a=1", ("X-Team", "blue"));
        Assert.Equal(
            "{\"level\":\"info\",\"service\":\"envoy\",\"ip\":\"127.0.0.1\",\"query\":\"a=1\",\"path\":\"/x\","
                + "\"cluster-stat-name\":\"app\",\"headers\":{\"X-Team\":\"blue\"},TIME,\"message\":\"http-request\"}",
            line,
            ignoreCase: true
        );
    }

    [Theory]
    [InlineData("info", false)]
    [InlineData("debug", true)]
    public async Task Probes_are_debug(string level, bool logged)
    {
        await using ProxyRig rig = await StartAsync($"log_level: {level}\n");
        Assert.Equal(200, await rig.StatusAsync("a.test", "/healthz"));
        Assert.Equal(200, await rig.StatusAsync("a.test", "/last"));
        await rig.Log.FindAsync("http-request", "/last");
        // Rings of two loops are written in any order; what was to come has come when both are drained.
        if (logged)
        {
            Assert.StartsWith(
                "{\"level\":\"debug\"",
                await rig.Log.FindAsync("http-request", "/healthz"),
                StringComparison.Ordinal
            );
        }
        else
        {
            Assert.DoesNotContain(rig.Log.All, static l => l.Contains("/healthz", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Above_info_there_is_none()
    {
        await using ProxyRig rig = await StartAsync("log_level: info\nproxy_log_level: warn\n");
        Assert.Equal(200, await rig.StatusAsync("a.test", "/"));
        await rig.Log.FindAsync("authorize check");
        Assert.Empty(rig.Log.Of("http-request"));
    }
}
