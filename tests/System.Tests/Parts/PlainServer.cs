namespace Pomerium.Fast.Parts;

/// <summary>The published server with one public route and no TLS, for tests of the data path alone.</summary>
public sealed class PlainServer : IAsyncDisposable
{
    private readonly string _folder;

    private PlainServer(ServerProcess process, string folder, int port)
    {
        Process = process;
        _folder = folder;
        Port = port;
        Address = new Uri($"http://localhost:{port}");
    }

    public ServerProcess Process { get; }
    public int Port { get; }
    public Uri Address { get; }
    public string ConfigPath => Path.Combine(_folder, "config.yaml");

    public static async Task<PlainServer> StartAsync(
        string to,
        string extra = "",
        bool tls = false,
        int? openFiles = null
    )
    {
        string folder = Places.TemporaryFolder();
        int port = Places.FreePort();
        string path = Path.Combine(folder, "config.yaml");
        await File.WriteAllTextAsync(path, Config(port, to, extra, tls));
        ServerProcess process = openFiles is { } limit
            ? ServerProcess.StartLimited(limit, "--config", path)
            : ServerProcess.Start("--config", path);
        try
        {
            await process.ReadyAsync(port);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
        return new PlainServer(process, folder, port);
    }

    public static string Config(int port, string to, string extra = "", bool tls = false, string routes = "") =>
        $"""
            address: 127.0.0.1:{port}
            insecure_server: {(tls ? "false" : "true")}
            grpc_address: 127.0.0.1:0
            shared_secret: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
            cookie_secret: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
            {extra}
            routes:
              - name: only
                from: https://localhost:{port}
                to: {to}
                allow_public_unauthenticated_access: true
            {routes}
            """;

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
