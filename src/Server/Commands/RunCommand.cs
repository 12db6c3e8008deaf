using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Pomerium.Fast.Config;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Sources;
using Pomerium.Fast.Server.Composition;
using Pomerium.Fast.Server.Telemetry;

namespace Pomerium.Fast.Server.Commands;

/// <summary>The main job: serve until a signal says stop (cli 1.2).</summary>
internal static class RunCommand
{
    private const long OpenFilesWanted = 4096;

    public static async Task<int> RunAsync(string? file, CancellationToken cancellation)
    {
        int loops;
        try
        {
            loops = LoopCount.Read(Environment.GetEnvironmentVariable(LoopCount.Variable));
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        using LogWriter writer = new(Console.OpenStandardOutput(), loops);
        LogLevels levels = new();
        using ILoggerFactory loggers = LoggerSetup.Create(writer, levels);
        ILogger log = loggers.CreateLogger("pomerium");
        log.Started(CommandLine.Version);
        await using ProcessParts parts = new(loops, writer, levels, loggers, TimeProvider.System);
        ConfigSources sources = ConfigSources.OfProcess(file);
        LoadResult loaded = ConfigLoader.Load(sources);
        ConfigFindings.Log(log, loaded.Diagnostics);
        if (loaded.Snapshot is not { } snapshot)
        {
            return Fail(log, loaded.Diagnostics, file);
        }
        if (parts.Loops.OpenFilesMax < OpenFilesWanted)
        {
            log.FewOpenFiles(parts.Loops.OpenFilesMax);
        }
        try
        {
            (ProxyServer? server, ImmutableArray<Diagnostic> findings) = await ProxyServer.StartAsync(
                snapshot,
                parts,
                new GenerationBuilder(parts),
                cancellation
            );
            ConfigFindings.Log(log, findings);
            if (server is null)
            {
                return Fail(log, findings, file);
            }
            await using (server)
            {
                await ServeAsync(server, sources, loaded, log, cancellation);
            }
        }
        catch (IOException e)
        {
            log.Fatal($"{e.Message}. Choose another address or stop what listens there.");
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        log.Exiting();
        return 0;
    }

    private static async Task ServeAsync(
        ProxyServer server,
        ConfigSources sources,
        LoadResult loaded,
        ILogger log,
        CancellationToken cancellation
    )
    {
        await using Reloader reloader = new(server, sources, loaded, log);
        using StopSignals signals = new(reloader.OnSighup);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(
            signals.Stopping,
            cancellation
        );
        reloader.Start();
        await Task.Delay(Timeout.Infinite, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await server.DrainAsync();
    }

    /// <summary>The log has every finding; a person at a terminal reads them once more as plain lines.</summary>
    private static int Fail(ILogger log, ImmutableArray<Diagnostic> findings, string? file)
    {
        log.Fatal(DiagnosticText.Fatal(findings, file ?? "") ?? "config: invalid");
        DiagnosticText.Write(Console.Error, findings);
        return 1;
    }
}
