using System.Collections;
using System.Collections.Immutable;

namespace Pomerium.Fast.Config.Sources;

/// <summary>Everything that a configuration is read from.</summary>
public sealed record ConfigSources
{
    /// <summary>The file named on the command line, or null.</summary>
    public string? FilePath { get; init; }

    /// <summary>YAML text instead of a file, for tests and the demo.</summary>
    public string? InlineYaml { get; init; }

    /// <summary>What marks call the text.</summary>
    public string InlineName { get; init; } = "inline.yaml";

    public IReadOnlyDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Tells expired certificates from good ones.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Name of what is read, as messages say it; empty when there is only the environment.</summary>
    public string Name => InlineYaml is null ? FilePath ?? "" : InlineName;

    /// <summary>File and environment of this process.</summary>
    public static ConfigSources OfProcess(string? filePath)
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in System.Environment.GetEnvironmentVariables())
        {
            environment[(string)entry.Key] = (string?)entry.Value ?? "";
        }
        return new ConfigSources { FilePath = filePath, Environment = environment };
    }
}
