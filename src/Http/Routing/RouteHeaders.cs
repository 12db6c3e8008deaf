using System.Collections.Immutable;
using System.Text;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Http.Routing;

/// <summary>The header edits of a route, encoded once (routing 7.3 to 7.6, config 2.5).</summary>
public sealed class RouteHeaders
{
    public RouteHeaders(ConfigSnapshot snapshot, RouteConfig route)
    {
        Set =
        [
            .. route
                .SetRequestHeaders.Where(static h => !Framing.Owns(h.Name))
                .Select(static h => (Name(h.Name), new HeaderTemplate(h.Value))),
        ];
        // A header that is both set and removed is set (routing 7.3).
        Removed =
        [
            .. route
                .RemoveRequestHeaders.Where(r =>
                    !route.SetRequestHeaders.Any(s => string.Equals(s.Name, r, StringComparison.OrdinalIgnoreCase))
                )
                .Select(Name),
        ];
        RemovesForwardedHost = route.RemoveRequestHeaders.Contains(
            "x-forwarded-host",
            StringComparer.OrdinalIgnoreCase
        );
        ResponseSet = new ResponseHeaderSet(
            Merge(snapshot.Requests.SetResponseHeaders, route.SetResponseHeaders, route.DisableResponseHeaders)
        );
        ResponseRewrites =
        [
            .. route.RewriteResponseHeaders.Select(static r =>
                (Name(r.Header), Encoding.UTF8.GetBytes(r.Prefix), Framing.OneLine(r.Value))
            ),
        ];
        PassIdentity = route.PassIdentityHeaders ?? snapshot.Identity.PassIdentityHeaders;
    }

    public ImmutableArray<(byte[] Name, HeaderTemplate Value)> Set { get; }
    public ImmutableArray<byte[]> Removed { get; }
    public bool RemovesForwardedHost { get; }
    public ResponseHeaderSet ResponseSet { get; }
    public ImmutableArray<(byte[] Name, byte[] Prefix, byte[] Value)> ResponseRewrites { get; }
    public bool PassIdentity { get; }

    private static byte[] Name(string name) => Encoding.ASCII.GetBytes(name);

    private static ImmutableArray<HeaderSetting> Merge(
        ImmutableArray<HeaderSetting> global,
        ImmutableArray<HeaderSetting> route,
        bool disabled
    ) =>
        disabled
            ? []
            :
            [
                .. global.Where(g =>
                    !route.Any(r => string.Equals(r.Name, g.Name, StringComparison.OrdinalIgnoreCase))
                ),
                .. route,
            ];
}

/// <summary>Response headers that overwrite, as encoded lines and as names.</summary>
public sealed class ResponseHeaderSet
{
    public ResponseHeaderSet(ImmutableArray<HeaderSetting> headers)
    {
        ImmutableArray<HeaderSetting> own =
        [
            .. headers.Where(static h => !Framing.Owns(h.Name) && !IsRequestId(h.Name)),
        ];
        Names = [.. own.Select(static h => Encoding.ASCII.GetBytes(h.Name))];
        Values = [.. own.Select(static h => Framing.OneLine(h.Value))];
        HasDate = Contains("date"u8);
        HasServer = Contains("server"u8);
    }

    /// <summary>Replaces what the proxy would say itself.</summary>
    public bool HasDate { get; }
    public bool HasServer { get; }

    public ImmutableArray<byte[]> Names { get; }
    public ImmutableArray<byte[]> Values { get; }

    public bool Contains(ReadOnlySpan<byte> name)
    {
        foreach (byte[] own in Names)
        {
            if (Ascii.EqualsIgnoreCase(own, name))
            {
                return true;
            }
        }
        return false;
    }

    private static bool IsRequestId(string name) =>
        string.Equals(name, "x-request-id", StringComparison.OrdinalIgnoreCase);
}
