namespace Pomerium.Fast.Http.Routing;

/// <summary>A host with <c>*</c>: each star is any run of characters, dots included, or none (routing 3.3).</summary>
/// <param name="pattern">Lower case; with a port only when the route states one.</param>
public sealed class HostPattern(byte[] pattern, bool anyPort)
{
    /// <param name="authority">Lower case, as sent otherwise.</param>
    public bool Matches(ReadOnlySpan<byte> authority)
    {
        if (Matches(pattern, authority))
        {
            return true;
        }
        ReadOnlySpan<byte> host = AuthorityRules.HostOf(authority, out ReadOnlySpan<byte> port, out bool hasPort);
        return hasPort && (anyPort || port.SequenceEqual("443"u8)) && Matches(pattern, host);
    }

    /// <summary>Greedy with one step back to the last star: linear in practice, never exponential.</summary>
    private static bool Matches(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text)
    {
        int p = 0;
        int t = 0;
        int star = -1;
        int mark = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                mark = t;
            }
            else if (p < pattern.Length && pattern[p] == text[t])
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++mark;
            }
            else
            {
                return false;
            }
        }
        return pattern[p..].IndexOfAnyExcept((byte)'*') < 0;
    }
}
