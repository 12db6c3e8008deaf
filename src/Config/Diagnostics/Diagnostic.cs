namespace Pomerium.Fast.Config.Diagnostics;

public enum Severity
{
    Info,
    Warning,
    Error,
}

/// <summary>A place in a source. Line and column count from 1; 0 means unknown (for example an environment variable).</summary>
/// <param name="Source">File name as given, or <c>environment NAME</c>.</param>
public readonly record struct Mark(string Source, int Line, int Column)
{
    public static Mark None { get; } = new("", 0, 0);
}

/// <summary>One finding about the configuration: what, where, which value, and what to do.</summary>
/// <param name="Code">Stable short word, e.g. <c>unknown-key</c>.</param>
/// <param name="Path">Config path, e.g. <c>routes[2].to</c>.</param>
/// <param name="Message">The contract text of the spec where it gives one.</param>
/// <param name="Value">The offending value as written; <c>&lt;redacted&gt;</c> for secrets; empty when there is none.</param>
/// <param name="Remedy">What to write instead; empty only when the message already says it.</param>
public sealed record Diagnostic(
    string Code,
    Severity Severity,
    string Path,
    Mark Mark,
    string Message,
    string Value = "",
    string Remedy = ""
);
