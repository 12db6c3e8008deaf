using System.Net;
using Pomerium.Fast.Parts;

namespace Pomerium.Fast.SystemTests;

/// <summary>A change of the file takes effect while serving; a bad one changes nothing (config spec 1.9).</summary>
public sealed class ReloadTests
{
    [Theory]
    [InlineData("in place")]
    [InlineData("by rename")]
    public async Task New_route_is_served_without_a_restart(string how)
    {
        await using UpstreamApp app = await UpstreamApp.StartAsync();
        await using PlainServer server = await PlainServer.StartAsync(app.Address);
        using SignInClient client = new();
        Uri fresh = new($"http://fresh.localhost:{server.Port}/");
        using (HttpResponseMessage before = await client.GetAsync(fresh))
        {
            Assert.Equal(HttpStatusCode.NotFound, before.StatusCode);
        }
        await WriteAsync(server, how, PlainServer.Config(server.Port, app.Address, routes: Route(server, app)));
        await Waiting.UntilAsync(
            async () =>
            {
                using HttpResponseMessage answer = await client.GetAsync(fresh);
                return answer.StatusCode == HttpStatusCode.OK;
            },
            "the new route"
        );
    }

    [Theory]
    [InlineData("routes: [")]
    [InlineData("routes:\n  - from: https://x.localhost\n    to: ftp://nowhere\n")]
    [InlineData("idp_service_account: x\n")]
    public async Task Bad_file_is_said_and_the_old_configuration_goes_on_until_a_good_one_comes(string bad)
    {
        await using UpstreamApp app = await UpstreamApp.StartAsync();
        await using PlainServer server = await PlainServer.StartAsync(app.Address);
        using SignInClient client = new();
        await WriteAsync(server, "in place", bad);
        await server.Process.LineAsync("config: error updating config", static _ => true);
        await ToldRequest.ReadAsync(await client.GetAsync(server.Address));

        await WriteAsync(server, "in place", PlainServer.Config(server.Port, app.Address, routes: Route(server, app)));
        await Waiting.UntilAsync(
            async () =>
            {
                using HttpResponseMessage answer = await client.GetAsync(
                    new Uri($"http://fresh.localhost:{server.Port}/")
                );
                return answer.StatusCode == HttpStatusCode.OK;
            },
            "the good configuration"
        );
    }

    [Fact]
    public async Task Request_under_way_is_not_cut_by_a_reload()
    {
        await using UpstreamApp app = await UpstreamApp.StartAsync();
        await using PlainServer server = await PlainServer.StartAsync(app.Address);
        using SignInClient client = new();
        Task<HttpResponseMessage> slow = client.GetAsync(new Uri(server.Address, "/slow?ms=2000"));
        await WriteAsync(server, "in place", PlainServer.Config(server.Port, app.Address, routes: Route(server, app)));
        await Waiting.UntilAsync(
            async () =>
            {
                using HttpResponseMessage answer = await client.GetAsync(
                    new Uri($"http://fresh.localhost:{server.Port}/")
                );
                return answer.StatusCode == HttpStatusCode.OK;
            },
            "the new configuration"
        );
        using HttpResponseMessage answer = await slow;
        await ToldRequest.ReadAsync(answer);
    }

    private static string Route(PlainServer server, UpstreamApp app) =>
        $"""
              - name: fresh
                from: https://fresh.localhost:{server.Port}
                to: {app.Address}
                allow_public_unauthenticated_access: true
            """;

    private static async Task WriteAsync(PlainServer server, string how, string text)
    {
        if (how is "in place")
        {
            await File.WriteAllTextAsync(server.ConfigPath, text);
            return;
        }
        string other = server.ConfigPath + ".new";
        await File.WriteAllTextAsync(other, text);
        File.Move(other, server.ConfigPath, overwrite: true);
    }
}
