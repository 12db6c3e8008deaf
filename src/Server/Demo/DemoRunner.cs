using System.Collections;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Pomerium.Fast.Server.Demo.DevelopmentApp;
using Pomerium.Fast.Server.Demo.DevelopmentProvider;

namespace Pomerium.Fast.Server.Demo;

/// <summary>Starts the proxy from YAML text; its log lines go to the stream instead of standard output. Disposing ends it.</summary>
internal delegate Task<IAsyncDisposable> StartProxy(string yaml, Stream log, CancellationToken cancellation);

/// <summary>
/// <c>pomerium-fast demo</c>: provider, app and proxy in this process, on loopback, from nothing to a signed-in page
/// (identity spec 10.1).
/// </summary>
internal static class DemoRunner
{
    private static readonly TimeSpan Reminder = TimeSpan.FromMinutes(10);

    /// <summary>Runs until cancelled or until the demo's time is over.</summary>
    /// <returns>The exit status.</returns>
    public static async Task<int> RunAsync(
        DemoOptions options,
        StartProxy startProxy,
        DemoConsole console,
        CancellationToken cancellation
    )
    {
        if (DemoOptions.Check(options, console.Environment) is { } refusal)
        {
            await console.Error.WriteLineAsync(refusal);
            return 1;
        }
        DemoTerminal terminal = new(console.Output, console.Colours, console.Time);
        IPEndPoint address = FreeAddress(options.Address);
        DemoHosts hosts = new(address.Port);
        DemoCertificates certificates;
        try
        {
            certificates = options.StateDirectory is { } folder
                ? DemoCertificates.FromFolder(folder, console.Time)
                : DemoCertificates.SelfSigned(console.Time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await console.Error.WriteLineAsync(
                $"demo: --state {options.StateDirectory}: {e.Message} Choose a folder that you may write to."
            );
            return 1;
        }
        using (certificates)
        {
            ProviderSettings settings = ProviderSettings.For(hosts);
            await using DevelopmentIdentityProvider provider = await DevelopmentIdentityProvider.StartAsync(
                settings,
                cancellation
            );
            using HttpClient proxyClient = ProxyClient(certificates.Root, address);
            HashSet<string> names = new(DemoHosts.Routes.Select(hosts.Authority), StringComparer.Ordinal);
            await using DevelopmentApplication app = await DevelopmentApplication.StartAsync(
                new AssertionCheck(proxyClient, names, console.Time),
                hosts,
                cancellation
            );
            DemoConfig config = new(hosts, provider.Issuer, app.Address, settings, certificates, address.ToString());
            await using DemoLog log = new(terminal);
            await using IAsyncDisposable proxy = await startProxy(config.Text, log, cancellation);
            string? taken = address.Equals(options.Address) ? null : options.Address.ToString();
            terminal.Started(new DemoStart(hosts, config.Shown, taken, certificates.AuthorityPath));
            await WaitAsync(options, terminal, console.Time, cancellation);
        }
        return 0;
    }

    /// <summary>The wanted address, or the same with a port that nobody uses.</summary>
    internal static IPEndPoint FreeAddress(IPEndPoint wanted)
    {
        try
        {
            return Probe(wanted);
        }
        catch (SocketException)
        {
            return Probe(new IPEndPoint(wanted.Address, 0));
        }
    }

    // Closed again before the proxy opens it: the proxy's listeners are its own. Without reuse of the address, so
    // that a port in use is noticed.
    private static IPEndPoint Probe(IPEndPoint wanted)
    {
        using Socket probe = new(wanted.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(wanted);
        probe.Listen(1);
        return (IPEndPoint)probe.LocalEndPoint!;
    }

    private static async Task WaitAsync(
        DemoOptions options,
        DemoTerminal terminal,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        DateTimeOffset end = options.Keep ? DateTimeOffset.MaxValue : time.GetUtcNow() + options.LifeMax;
        try
        {
            while (true)
            {
                TimeSpan left = end - time.GetUtcNow();
                if (left <= TimeSpan.Zero)
                {
                    terminal.Warn(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"the demo ends after {options.LifeMax.TotalHours:0.#} hours; start it with --keep to go on"
                        )
                    );
                    return;
                }
                await Task.Delay(left < Reminder ? left : Reminder, time, cancellation);
                terminal.Warn(DemoTerminal.Banner);
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C: the ordinary end.
        }
    }

    /// <summary>Dials the proxy whatever the name, and trusts the demo's certificate only.</summary>
    internal static HttpClient ProxyClient(X509Certificate2 root, IPEndPoint proxy)
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            ConnectCallback = async (_, cancellation) =>
            {
                Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(proxy, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { root },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
        return new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(10) };
    }
}

/// <summary>The surroundings of a demo: where it writes, what it is told by the environment, which clock it goes by.</summary>
/// <param name="Colours">Whether the output is a terminal that shows colours.</param>
internal sealed record DemoConsole(
    TextWriter Output,
    TextWriter Error,
    bool Colours,
    IDictionary Environment,
    TimeProvider Time
)
{
    /// <summary>Of this process. <c>NO_COLOR</c> is honoured.</summary>
    public static DemoConsole OfProcess() =>
        new(
            Console.Out,
            Console.Error,
            !Console.IsOutputRedirected && string.IsNullOrEmpty(System.Environment.GetEnvironmentVariable("NO_COLOR")),
            System.Environment.GetEnvironmentVariables(),
            TimeProvider.System
        );
}
