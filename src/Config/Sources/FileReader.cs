using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Pomerium.Fast.Config.Sources;

/// <summary>Reads files and remembers which, found or not: a reload must follow when any of them changes.</summary>
public sealed class FileReader
{
    internal const int BytesMax = 64 << 20;
    private readonly Dictionary<string, (byte[]? Bytes, string Cause)> _read = new(StringComparer.Ordinal);

    /// <summary>Absolute paths in ordinal order.</summary>
    public ImmutableArray<string> Paths => [.. _read.Keys.Order(StringComparer.Ordinal)];

    /// <summary>By path, as <see cref="HashOf"/> says; null for what could not be read.</summary>
    internal ImmutableDictionary<string, string?> ContentHashes =>
        _read.ToImmutableDictionary(
            static r => r.Key,
            static r => r.Value.Bytes is { } bytes ? HashOf(new MemoryStream(bytes)) : null,
            StringComparer.Ordinal
        );

    internal static string HashOf(Stream content) => Convert.ToHexString(SHA256.HashData(content));

    /// <param name="path">Relative to the working directory.</param>
    /// <returns>The content, or null with the cause.</returns>
    public byte[]? Read(string path, out string cause)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            cause = $"open {path}: invalid argument";
            return null;
        }
        string full = Path.GetFullPath(path);
        if (!_read.TryGetValue(full, out (byte[]? Bytes, string Cause) known))
        {
            _read[full] = known = ReadOnce(full, path);
        }
        cause = known.Cause;
        return known.Bytes;
    }

    private static (byte[]? Bytes, string Cause) ReadOnce(string full, string path)
    {
        try
        {
            if (Directory.Exists(full))
            {
                return (null, $"read {path}: is a directory");
            }
            return new FileInfo(full).Length > BytesMax
                ? (null, $"read {path}: larger than {BytesMax} bytes")
                : (File.ReadAllBytes(full), "");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, $"open {path}: no such file or directory");
        }
        catch (UnauthorizedAccessException)
        {
            return (null, $"open {path}: permission denied");
        }
        catch (IOException e)
        {
            return (null, $"read {path}: {e.Message}");
        }
    }
}
