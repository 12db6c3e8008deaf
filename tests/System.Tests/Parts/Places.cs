using System.Net;
using System.Net.Sockets;

namespace Pomerium.Fast.Parts;

/// <summary>Where things are in the checkout, and room for what a test makes.</summary>
public static class Places
{
    public static string Root { get; } = FindRoot();

    public static string ProviderFolder { get; } = Path.Combine(Root, "tests", "System.Tests", "Provider");

    public static string Images { get; } = Path.Combine(Root, "docs", "images");

    /// <summary>The published server; what the tests are about.</summary>
    public static string Binary
    {
        get
        {
            string path =
                Environment.GetEnvironmentVariable("POMERIUM_FAST_BINARY")
                ?? Path.Combine(Root, "artifacts", "server", "pomerium-fast");
            return File.Exists(path)
                ? path
                : throw new FileNotFoundException(
                    $"{path} is missing: dotnet publish src/Server -c Release -o artifacts/server"
                );
        }
    }

    public static string TemporaryFolder() => Directory.CreateTempSubdirectory("pomerium-fast-").FullName;

    /// <summary>Free at this moment; nothing else here opens ports of the range meanwhile.</summary>
    public static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static string FindRoot()
    {
        string? at = AppContext.BaseDirectory;
        while (at is not null && !File.Exists(Path.Combine(at, "Pomerium.Fast.sln")))
        {
            at = Path.GetDirectoryName(at);
        }
        return at ?? throw new InvalidOperationException("The tests must run inside the repository.");
    }
}
