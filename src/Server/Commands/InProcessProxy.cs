using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Pomerium.Fast.Config;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Sources;
using Pomerium.Fast.Server.Composition;
using Pomerium.Fast.Server.Telemetry;

namespace Pomerium.Fast.Server.Commands;

/// <summary>The proxy on YAML text instead of a file, its log on a stream: what the demo starts.</summary>
internal sealed class InProcessProxy(ProxyServer server, ProcessParts parts, LogWriter writer, ILoggerFactory loggers)
    : IAsyncDisposable
{
    /// <param name="notice">Stands on every page of the proxy.</param>
    /// <exception cref="InvalidOperationException">The text is no runnable configuration; the message has the findings.</exception>
    public static async Task<IAsyncDisposable> StartAsync(
        string yaml,
        string notice,
        Stream log,
        CancellationToken cancellation
    )
    {
        LoadResult loaded = ConfigLoader.Load(new ConfigSources { InlineYaml = yaml, InlineName = "demo.yaml" });
        if (loaded.Snapshot is not { } snapshot)
        {
            throw new InvalidOperationException(TextOf(loaded.Diagnostics));
        }
        int loops = LoopCount.Read(Environment.GetEnvironmentVariable(LoopCount.Variable));
        LogWriter writer = new(log, loops);
        LogLevels levels = new();
        ILoggerFactory loggers = LoggerSetup.Create(writer, levels);
        ProcessParts parts = new(loops, writer, levels, loggers, TimeProvider.System) { PageNotice = notice };
        (ProxyServer? server, ImmutableArray<Diagnostic> findings) = await ProxyServer.StartAsync(
            snapshot,
            parts,
            new GenerationBuilder(parts),
            cancellation
        );
        return server is null
            ? throw new InvalidOperationException(TextOf(findings))
            : new InProcessProxy(server, parts, writer, loggers);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await parts.DisposeAsync();
        loggers.Dispose();
        writer.Dispose();
    }

    private static string TextOf(ImmutableArray<Diagnostic> findings) =>
        string.Join('\n', findings.Select(DiagnosticText.Line));
}
