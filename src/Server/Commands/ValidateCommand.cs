using System.Collections.Immutable;
using Pomerium.Fast.Config;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Sources;
using Pomerium.Fast.Server.Composition;

namespace Pomerium.Fast.Server.Commands;

/// <summary>Everything that a start would check, without a socket; findings on standard output, exit status 0 or 1.</summary>
internal static class ValidateCommand
{
    public static int Run(string? file) => Run(ConfigSources.OfProcess(file), Console.Out);

    internal static int Run(ConfigSources sources, TextWriter output)
    {
        LoadResult loaded = ConfigLoader.Load(sources);
        ImmutableArray<Diagnostic> findings = loaded.Diagnostics;
        if (loaded.Snapshot is { } snapshot)
        {
            findings = findings.AddRange(GenerationBuilder.Check(snapshot, TimeProvider.System));
        }
        DiagnosticText.Write(output, findings);
        return findings.Any(static f => f.Severity == Severity.Error) ? 1 : 0;
    }
}
