using System.Collections.Immutable;
using Pomerium.Fast.Config.Diagnostics;

namespace Pomerium.Fast.Config.Snapshot;

/// <summary>Config path (<c>routes[2].policy[0].allow</c>) to where it was written.</summary>
public sealed class Places(ImmutableDictionary<string, Mark> marks)
{
    public static Places None { get; } = new(ImmutableDictionary<string, Mark>.Empty);

    /// <summary>The mark of the path, else of its nearest parent; <see cref="Mark.None"/> when nothing is known.</summary>
    public Mark Find(string path)
    {
        for (string at = path; at.Length > 0; at = Parent(at))
        {
            if (marks.TryGetValue(at, out Mark mark))
            {
                return mark;
            }
        }
        return Mark.None;
    }

    private static string Parent(string path)
    {
        int cut = path.LastIndexOfAny(['.', '[']);
        return cut <= 0 ? "" : path[..cut];
    }
}
