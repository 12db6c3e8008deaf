using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Pomerium.Fast.Config.Diagnostics;

namespace Pomerium.Fast.Server.Composition;

/// <summary>Findings about the configuration as log lines, each with its place and remedy.</summary>
internal static class ConfigFindings
{
    public static void Log(ILogger log, ImmutableArray<Diagnostic> findings)
    {
        foreach (Diagnostic finding in findings)
        {
            LogLevel level = LevelOf(finding.Severity);
            log.ConfigFinding(
                level,
                finding.Message,
                finding.Mark.Source,
                finding.Mark.Line,
                finding.Mark.Column,
                finding.Path,
                finding.Value,
                finding.Remedy
            );
        }
    }

    private static LogLevel LevelOf(Severity severity) =>
        severity switch
        {
            Severity.Error => LogLevel.Error,
            Severity.Warning => LogLevel.Warning,
            _ => LogLevel.Information,
        };
}
