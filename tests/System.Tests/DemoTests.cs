using System.Net;
using System.Text.RegularExpressions;
using Pomerium.Fast.Parts;

namespace Pomerium.Fast.SystemTests;

/// <summary><c>pomerium-fast demo</c> from the first line to a signed-in page (identity spec 10.1).</summary>
public sealed partial class DemoTests
{
    private const string Banner = "DEMO - anyone can sign in as anyone";

    [Fact]
    public async Task Admin_signs_in_guest_is_refused_and_the_terminal_says_why()
    {
        await using ServerProcess demo = ServerProcess.Start("demo");
        int port = await PortAsync(demo);
        using (SignInClient admin = new())
        {
            string page = await PickAsync(admin, Url("admin", port), "admin", HttpStatusCode.OK);
            Assert.Contains("Hello, Ada Admin", page, StringComparison.Ordinal);
            Assert.Contains("Verified.", page, StringComparison.Ordinal);
        }
        using (SignInClient guest = new())
        {
            await PickAsync(guest, Url("admin", port), "guest", HttpStatusCode.Forbidden);
            using HttpResponseMessage home = await guest.BrowseAsync(Url("demo", port));
            Assert.Contains("Hello, Gus Guest", await home.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            using HttpResponseMessage denied = await guest.BrowseAsync(Url("deny", port));
            Assert.Equal(HttpStatusCode.Forbidden, denied.StatusCode);
            Assert.Contains(Banner, await denied.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            using HttpResponseMessage own = await guest.BrowseAsync(new Uri(Url("demo", port), "/.pomerium/"));
            Assert.Contains(Banner, await own.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        using (SignInClient nobody = new())
        {
            using HttpResponseMessage open = await nobody.GetAsync(Url("public", port));
            Assert.Equal(HttpStatusCode.OK, open.StatusCode);
            Assert.Equal("true", open.Headers.GetValues("X-Pomerium-Demo").First());
        }
        await demo.TextAsync(static l => Says(l, "ALLOW", "admin@example.com", "claim-ok"), "the admin's line");
        await demo.TextAsync(static l => Says(l, "DENY", "guest@example.com", "claim-unauthorized"), "the refusal");
        await demo.TextAsync(static l => Says(l, "DENY", "guest@example.com", "email-ok"), "the deny rule");
        Assert.Equal(0, await demo.StopAsync());
    }

    [Fact]
    public async Task State_folder_keeps_a_development_ca_that_curl_can_trust()
    {
        string folder = Places.TemporaryFolder();
        try
        {
            await using ServerProcess demo = ServerProcess.Start("demo", "--state", folder);
            int port = await PortAsync(demo);
            await demo.TextAsync(static l => l.Contains("curl --cacert", StringComparison.Ordinal), "the curl line");
            using System.Diagnostics.Process curl = System.Diagnostics.Process.Start(
                new System.Diagnostics.ProcessStartInfo(
                    "curl",
                    ["-sS", "--cacert", Path.Combine(folder, "demo-ca.pem"), Url("public", port).ToString()]
                )
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            string body = await curl.StandardOutput.ReadToEndAsync();
            await curl.WaitForExitAsync();
            Assert.True(curl.ExitCode == 0, await curl.StandardError.ReadToEndAsync());
            Assert.Contains("\"headers\"", body, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Demo_takes_no_configuration_file()
    {
        foreach (string spelling in (string[])["--config", "-config"])
        {
            (int status, _, string errors) = await ServerProcess.RunAsync("demo", spelling, "config.yaml");
            Assert.Equal(1, status);
            Assert.Contains("demo does not take a configuration", errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Demo_takes_no_configuration_of_the_environment()
    {
        await using ServerProcess demo = ServerProcess.StartIn(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["IDP_CLIENT_ID"] = "x" },
            "demo"
        );
        await Waiting.UntilAsync(() => Task.FromResult(demo.HasEnded), "the refusal");
        Assert.Contains("demo does not take a configuration", demo.Errors, StringComparison.Ordinal);
    }

    /// <summary>The port that the demo says it took.</summary>
    public static async Task<int> PortAsync(ServerProcess demo)
    {
        string line = await demo.TextAsync(
            static l => l.Contains("    https://demo.localhost", StringComparison.Ordinal),
            "the URLs"
        );
        int port = int.Parse(PortOf().Match(line).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        await demo.ReadyAsync(port);
        return port;
    }

    private static async Task<string> PickAsync(SignInClient client, Uri page, string person, HttpStatusCode status)
    {
        using HttpResponseMessage picker = await client.BrowseAsync(page);
        Assert.Equal("idp.localhost", client.Trail[^1].Host);
        using HttpResponseMessage answer = await client.SubmitAsync(picker, "person", person);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(page, client.Trail[^1]);
        return await answer.Content.ReadAsStringAsync();
    }

    public static Uri Url(string host, int port) => new($"https://{host}.localhost:{port}/");

    private static bool Says(string line, params string[] words) =>
        Array.TrueForAll(words, w => line.Contains(w, StringComparison.Ordinal));

    [GeneratedRegex(@"https://demo\.localhost:(\d+)")]
    private static partial Regex PortOf();
}
