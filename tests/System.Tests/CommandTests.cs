using Pomerium.Fast.Parts;

namespace Pomerium.Fast.SystemTests;

/// <summary>The command line of the published binary (cli spec 1, config spec 1).</summary>
public sealed class CommandTests : IDisposable
{
    private readonly string _folder = Places.TemporaryFolder();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Validate_accepts_a_good_file_and_opens_no_socket()
    {
        string path = await WriteAsync(PlainServer.Config(1, "http://127.0.0.1:2"));
        (int status, string output, string errors) = await ServerProcess.RunAsync("validate", "--config", path);
        Assert.True(status == 0, output + errors);
    }

    [Fact]
    public async Task Validate_reports_every_problem_with_its_place()
    {
        string path = await WriteAsync(
            "address: 127.0.0.1:1\ncookie_secret: short\nroutes:\n  - to: http://127.0.0.1:2\n  - from: https://a.test\n"
        );
        (int status, string output, string errors) = await ServerProcess.RunAsync("validate", "--config", path);
        string said = output + errors;
        Assert.Equal(1, status);
        Assert.Contains("cookie_secret", said, StringComparison.Ordinal);
        Assert.Contains($"{path}:4", said, StringComparison.Ordinal);
        Assert.Contains($"{path}:5", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_does_not_start_with_a_bad_file()
    {
        string path = await WriteAsync("routes:\n  - from: https://a.test\n");
        (int status, string output, string errors) = await ServerProcess.RunAsync("--config", path);
        Assert.Equal(1, status);
        Assert.Contains("policy should have either", output + errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Old_spelling_of_the_option_works_with_a_warning()
    {
        string path = await WriteAsync("routes:\n  - from: https://a.test\n");
        (int status, _, string errors) = await ServerProcess.RunAsync("-config", path);
        Assert.Equal(1, status);
        Assert.Contains(
            "Warning: syntax '-config' is deprecated, use '--config' instead",
            errors,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Version_is_told_on_standard_output()
    {
        (int status, string output, _) = await ServerProcess.RunAsync("--version");
        Assert.Equal(0, status);
        Assert.StartsWith("pomerium: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Term_signal_ends_the_server_with_status_0_after_its_requests()
    {
        await using UpstreamApp app = await UpstreamApp.StartAsync();
        await using PlainServer server = await PlainServer.StartAsync(app.Address);
        using SignInClient client = new();
        using (HttpResponseMessage first = await client.GetAsync(server.Address))
        {
            await ToldRequest.ReadAsync(first);
        }
        Task<HttpResponseMessage> slow = client.GetAsync(new Uri(server.Address, "/slow?ms=1000"));
        await Task.Delay(300);
        int status = await server.Process.StopAsync();
        using HttpResponseMessage answer = await slow;
        await ToldRequest.ReadAsync(answer);
        Assert.Equal(0, status);
        Assert.Contains(
            server.Process.Output,
            static l => l.Contains("cmd/pomerium: exiting", StringComparison.Ordinal)
        );
    }

    private async Task<string> WriteAsync(string text)
    {
        string path = Path.Combine(_folder, "config.yaml");
        await File.WriteAllTextAsync(path, text);
        return path;
    }
}
