using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Pomerium.Fast.Config.Sources;

/// <summary>
/// Knows the content of a set of files by hash. Files are opened, so links are followed to wherever they point now, as
/// mounted secrets need it: their link never changes, only the folder behind it.
/// </summary>
internal sealed class FileFingerprints
{
    private readonly Dictionary<string, Fingerprint> _known = new(StringComparer.Ordinal);

    public IEnumerable<string> Paths => _known.Keys;

    /// <summary>Replaces the set. Files that were known keep what was known of them; new ones are read now.</summary>
    public void Track(IEnumerable<string> paths)
    {
        HashSet<string> wanted = new(paths, StringComparer.Ordinal);
        foreach (string gone in _known.Keys.Where(p => !wanted.Contains(p)).ToArray())
        {
            _known.Remove(gone);
        }
        foreach (string path in wanted)
        {
            if (!_known.ContainsKey(path))
            {
                _known[path] = Read(path, default, full: true);
            }
        }
    }

    /// <summary>Looks at every file again and keeps what it sees.</summary>
    /// <param name="full">Hash every file, not only those whose size or time differ.</param>
    /// <returns>Whether any content is different.</returns>
    public bool Refresh(bool full)
    {
        bool changed = false;
        foreach ((string path, Fingerprint before) in _known.ToArray())
        {
            Fingerprint now = Read(path, before, full);
            changed |= !string.Equals(now.Hash, before.Hash, StringComparison.Ordinal);
            _known[path] = now;
        }
        return changed;
    }

    private static Fingerprint Read(string path, Fingerprint before, bool full)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path);
            long length = RandomAccess.GetLength(file);
            DateTime written = File.GetLastWriteTimeUtc(file);
            if (!full && before.Length == length && before.Written == written && before.Hash is not null)
            {
                return before;
            }
            using FileStream stream = new(file, FileAccess.Read, bufferSize: 0);
            return new Fingerprint(length, written, Convert.ToHexString(SHA256.HashData(stream)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    /// <param name="Hash">Null for a file that cannot be read.</param>
    private readonly record struct Fingerprint(long Length, DateTime Written, string? Hash);
}
