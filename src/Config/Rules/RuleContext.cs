using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Rules;

/// <summary>What the rules of every subject work with.</summary>
/// <param name="Options">The top level.</param>
internal sealed record RuleContext(
    OptionReader Options,
    FileReader Files,
    TimeProvider Clock,
    ICollection<Diagnostic> Problems
)
{
    /// <summary>Content of the file that the option names; null when it is not given or, after a report, unreadable.</summary>
    /// <param name="message">Put before the cause.</param>
    public byte[]? ReadFile(OptionReader scope, string key, string message)
    {
        if (scope.Text(key) is not { } path)
        {
            return null;
        }
        byte[]? content = Files.Read(path, out string cause);
        if (content is null)
        {
            scope.Error(
                key,
                "unreadable-file",
                $"{message}{cause}",
                "check path and permissions; it is relative to the working directory"
            );
        }
        return content;
    }

    /// <summary>Decoded base64 of the option; null when it is not given or, after a report, malformed.</summary>
    public static byte[]? ReadBase64(OptionReader scope, string key, string message)
    {
        if (scope.Text(key) is not { } text)
        {
            return null;
        }
        if (Base64Converter.TryConvert(text, out byte[] value, out string cause))
        {
            return value;
        }
        scope.Error(key, "invalid-base64", $"{message}{cause}", "encode it with: base64 -w0 FILE", "");
        return null;
    }
}
