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

    /// <summary>
    /// Goes on from what a load has read, and not from what the files hold by now: a change between the two must be
    /// noticed by the next look.
    /// </summary>
    /// <param name="read">Hash by path; null for a file that could not be read.</param>
    /// <param name="keepOthers">Files outside of <paramref name="read"/> stay in the set.</param>
    public void Track(IReadOnlyDictionary<string, string?> read, bool keepOthers)
    {
        if (!keepOthers)
        {
            _known.Clear();
        }
        foreach ((string path, string? hash) in read)
        {
            // No length fits, so that the next look reads the file.
            _known[path] = new Fingerprint(-1, default, hash);
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
            if (length > FileReader.BytesMax)
            {
                return default;
            }
            using FileStream stream = new(file, FileAccess.Read, bufferSize: 0);
            return new Fingerprint(length, written, FileReader.HashOf(stream));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    /// <param name="Hash">Null for a file that cannot be read.</param>
    private readonly record struct Fingerprint(long Length, DateTime Written, string? Hash);
}
