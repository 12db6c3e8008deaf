using System.IO.Hashing;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Http.Routing;

/// <summary>
/// The routes of one host: the first in file order that fits. Few are tried one by one; many are found by the hash of
/// their literal, once for each length that occurs among the prefixes, so that the cost does not grow with their number.
/// </summary>
internal sealed class PathIndex
{
    private const int LinearMax = 12; // some 3 ns a route, about 15 ns a hash
    private readonly Route[] _routes;
    private readonly Dictionary<ulong, int[]> _prefixes = [];
    private readonly Dictionary<ulong, int[]> _exact = [];
    private readonly int[] _lengths = [];
    private readonly int[] _rest = [];

    public PathIndex(Route[] routes)
    {
        _routes = routes;
        if (routes.Length <= LinearMax)
        {
            return;
        }
        ILookup<PathKind, int> kinds = Enumerable
            .Range(0, routes.Length)
            .ToLookup(i => routes[i].IsTcp ? PathKind.Regex : routes[i].Matcher.Kind);
        _prefixes = ByHash(kinds[PathKind.Prefix]);
        _exact = ByHash(kinds[PathKind.Exact]);
        _lengths = [.. kinds[PathKind.Prefix].Select(i => routes[i].Matcher.Literal.Length).Distinct().Order()];
        _rest = [.. kinds[PathKind.Regex]];
    }

    public Route? First(RequestHead head)
    {
        int best = _routes.Length <= LinearMax ? TryEach(head) : Look(head);
        return best < _routes.Length ? _routes[best] : null;
    }

    public static bool Fits(Route route, RequestHead head) =>
        route.IsTcp == head.IsConnect && (route.IsTcp || route.Matcher.Matches(head.Path));

    private int TryEach(RequestHead head)
    {
        int i = 0;
        while (i < _routes.Length && !Fits(_routes[i], head))
        {
            i++;
        }
        return i;
    }

    private int Look(RequestHead head)
    {
        int best = int.MaxValue;
        if (!head.IsConnect)
        {
            ReadOnlySpan<byte> path = head.Path;
            best = Find(_exact, path);
            foreach (int length in _lengths)
            {
                if (length > path.Length)
                {
                    break;
                }
                best = Math.Min(best, Find(_prefixes, path[..length]));
            }
        }
        foreach (int i in _rest)
        {
            if (i >= best)
            {
                break;
            }
            if (Fits(_routes[i], head))
            {
                return i;
            }
        }
        return best;
    }

    private int Find(Dictionary<ulong, int[]> literals, ReadOnlySpan<byte> literal)
    {
        if (literals.Count > 0 && literals.TryGetValue(XxHash3.HashToUInt64(literal), out int[]? candidates))
        {
            foreach (int i in candidates)
            {
                if (_routes[i].Matcher.Literal.SequenceEqual(literal))
                {
                    return i;
                }
            }
        }
        return int.MaxValue;
    }

    private Dictionary<ulong, int[]> ByHash(IEnumerable<int> routes) =>
        routes
            .GroupBy(i => XxHash3.HashToUInt64(_routes[i].Matcher.Literal))
            .ToDictionary(static g => g.Key, static g => g.ToArray());
}
