using System.Collections.Concurrent;

namespace Pomerium.Fast.Server.Demo.DevelopmentProvider;

/// <summary>
/// What was given at one sign-in: a code, then refresh tokens that take turns. Only the newest of them is good;
/// an older one that comes back means that somebody has a copy, and ends the whole grant (RFC 6749 4.1.2, RFC 9700 4.14).
/// </summary>
internal sealed class Grants
{
    // A demo ends after hours; the bound only keeps a script that signs in without end from filling the memory.
    private const int GrantsMax = 10_000;
    private readonly ConcurrentDictionary<string, string> _turns = new(StringComparer.Ordinal);

    /// <summary>Id of a new grant and its first turn.</summary>
    public (string Grant, string Turn) Open()
    {
        if (_turns.Count >= GrantsMax)
        {
            _turns.Clear();
        }
        (string grant, string turn) = (Guid.NewGuid().ToString("N"), Guid.NewGuid().ToString("N"));
        _turns[grant] = turn;
        return (grant, turn);
    }

    /// <summary>The next turn, or null when the given one is not the newest or the grant has ended.</summary>
    public string? Take(string grant, string turn)
    {
        string next = Guid.NewGuid().ToString("N");
        if (_turns.TryUpdate(grant, next, turn))
        {
            return next;
        }
        End(grant);
        return null;
    }

    public bool IsOpen(string grant) => _turns.ContainsKey(grant);

    public void End(string grant) => _turns.TryRemove(grant, out _);
}
