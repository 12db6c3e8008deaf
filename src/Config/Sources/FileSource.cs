using System.Text;
using Pomerium.Fast.Config.Diagnostics;

namespace Pomerium.Fast.Config.Sources;

/// <summary>The configuration file to nodes; the format follows from the extension (config spec 1.2).</summary>
internal static class FileSource
{
    private static readonly UTF8Encoding Strict = new(false, true);

    /// <returns>The root, or null after an error was reported.</returns>
    public static ConfigNode? Read(string path, FileReader files, ICollection<Diagnostic> problems)
    {
        Mark mark = new(path, 0, 0);
        string extension = Path.GetExtension(path);
        Func<string, string, ICollection<Diagnostic>, ConfigNode?>? parse = extension.ToLowerInvariant() switch
        {
            ".yaml" or ".yml" => YamlSource.Parse,
            ".json" => JsonSource.Parse,
            ".toml" => TomlSource.Parse,
            ".properties" or ".props" or ".prop" => PropertiesSource.Parse,
            ".env" or ".dotenv" => DotenvSource.Parse,
            _ => null,
        };
        if (parse is null)
        {
            problems.Add(
                new Diagnostic(
                    "unsupported-format",
                    Severity.Error,
                    "",
                    mark,
                    $"Unsupported Config Type \"{extension.TrimStart('.')}\"",
                    Remedy: "name it .yaml, .yml, .json, .toml, .properties or .env"
                )
            );
            return null;
        }
        if (files.Read(path, out string cause) is not { } bytes)
        {
            problems.Add(
                new Diagnostic("unreadable-file", Severity.Error, "", mark, cause, Remedy: "check path and permissions")
            );
            return null;
        }
        try
        {
            return parse(Strict.GetString(WithoutMark(bytes)), path, problems);
        }
        catch (DecoderFallbackException e)
        {
            string where = $"byte {e.Index} is not UTF-8";
            problems.Add(new Diagnostic("syntax", Severity.Error, "", mark, where, Remedy: "save the file as UTF-8"));
            return null;
        }
    }

    private static ReadOnlySpan<byte> WithoutMark(byte[] bytes) =>
        bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes.AsSpan(3) : bytes;
}
