using System.Text.RegularExpressions;
using Pomerium.Fast.Server.Tests.Composition;

namespace Pomerium.Fast.Server.Tests.Telemetry;

/// <summary>The line of a decision, to the byte (telemetry spec 2.4).</summary>
public sealed partial class AuthorizeLogTests
{
    private const string Routes =
        "  - from: https://a.test\n    response: {status: 200, body: hi}\n    allowed_users: [ann@example.com]\n    jwt_groups_filter: [blue]\n";

    [GeneratedRegex("\"time\":\"[^\"]*\"|\"(check-)?request-id\":\"[0-9a-f-]{36}\"|\"(envoy-)?route-checksum\":[0-9]+")]
    private static partial Regex Changing { get; }

    private static string Still(string line) =>
        Changing.Replace(line, static m => m.Value[..m.Value.IndexOf(':', StringComparison.Ordinal)]);

    [Fact]
    public async Task A_visitor_is_nobody_and_sent_to_sign_in()
    {
        await using ProxyRig rig = await ProxyRig.StartAsync(ProxyRig.Yaml("", Routes));
        Assert.Equal(302, await rig.StatusAsync("a.test", "/x?secret=1"));
        string id = rig.Snapshot.Routes[0].Id;
        Assert.Equal(
            "{\"level\":\"info\",\"service\":\"authorize\",\"request-id\",\"check-request-id\",\"method\":\"GET\",\"path\":\"/x\","
                + "\"host\":\"a.test\",\"ip\":\"127.0.0.1\",\"user\":\"\",\"email\":\"\",\"envoy-route-checksum\",\"envoy-route-id\":\""
                + id
                + "\",\"route-checksum\",\"route-id\":\""
                + id
                + "\",\"allow\":false,\"allow-why-false\":[\"user-unauthenticated\"],\"deny\":false,\"deny-why-false\":[],"
                + "\"time\",\"message\":\"authorize check\"}",
            Still(await rig.Log.FindAsync("authorize check"))
        );
    }

    [Theory]
    [InlineData("ann", 200, "\"allow\":true,\"allow-why-true\":[\"email-ok\"]")]
    [InlineData("bob", 403, "\"allow\":false,\"allow-why-false\":[\"email-unauthorized\"")]
    public async Task A_user_is_named_with_session_and_the_groups_that_are_not_told(string user, int status, string why)
    {
        await using ProxyRig rig = await ProxyRig.StartAsync(ProxyRig.Yaml("", Routes));
        (string Name, string Value) cookie = await rig.SignInAsync(user, ("groups", ["blue", "red", "green"]));
        Assert.Equal(status, await rig.StatusAsync("a.test", "/", cookie));
        string line = await rig.Log.FindAsync("authorize check");
        Assert.Contains(
            $"\"session-id\":\"session-of-{user}\",\"user\":\"{user}\",\"email\":\"{user}@example.com\",\"removed-groups-count\":2,",
            line,
            StringComparison.Ordinal
        );
        Assert.Contains(why, line, StringComparison.Ordinal);
        Assert.DoesNotContain(cookie.Value, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chosen_fields_replace_the_default_ones_but_never_the_decision()
    {
        await using ProxyRig rig = await ProxyRig.StartAsync(
            ProxyRig.Yaml("authorize_log_fields: [method, query, headers.X-Team]\n", Routes)
        );
        Assert.Equal(302, await rig.StatusAsync("a.test", "/?a=1", ("X-Team", "blue")));
        Assert.Equal(
            "{\"level\":\"info\",\"service\":\"authorize\",\"method\":\"GET\",\"query\":\"a=1\",\"headers\":{\"x-team\":\"blue\"},"
                + "\"allow\":false,\"allow-why-false\":[\"user-unauthenticated\"],\"deny\":false,\"deny-why-false\":[],"
                + "\"time\",\"message\":\"authorize check\"}",
            Still(await rig.Log.FindAsync("authorize check")),
            ignoreCase: true
        );
    }

    [Theory]
    [InlineData("warn")]
    [InlineData("error")]
    public async Task Above_info_there_is_none(string level)
    {
        await using ProxyRig rig = await ProxyRig.StartAsync(
            ProxyRig.Yaml($"log_level: {level}\nproxy_log_level: info\n", Routes)
        );
        Assert.Equal(302, await rig.StatusAsync("a.test", "/"));
        await rig.Log.FindAsync("http-request");
        Assert.Empty(rig.Log.Of("authorize check"));
    }
}
