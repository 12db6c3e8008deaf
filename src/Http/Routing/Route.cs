using System.Text;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Upstream;

namespace Pomerium.Fast.Http.Routing;

/// <summary>A route with everything its requests need, compiled. Immutable; belongs to one configuration.</summary>
public sealed class Route
{
    internal Route(int index, RouteConfig config, PathMatcher matcher, RouteRewrite rewrite, RouteHeaders headers)
    {
        Index = index;
        Config = config;
        Matcher = matcher;
        Rewrite = rewrite;
        Headers = headers;
        ClusterName = (config.Name.Length > 0 ? config.Name : "route") + "-" + config.Id;
        IsTcp = config.From.Scheme is RouteScheme.TcpHttps or RouteScheme.UdpHttps;
        ResponseBody = config.Response is { } response ? Encoding.UTF8.GetBytes(response.Body) : [];
    }

    /// <summary>Position in the configuration's evaluation order; indexes per-route arrays.</summary>
    public int Index { get; }
    public RouteConfig Config { get; }

    /// <summary>Name in logs and metrics (routing 3.6).</summary>
    public string ClusterName { get; }
    public PathMatcher Matcher { get; }
    public RouteRewrite Rewrite { get; }
    public RouteHeaders Headers { get; }

    /// <summary>Matches CONNECT and nothing else.</summary>
    public bool IsTcp { get; }
    public byte[] ResponseBody { get; }

    /// <summary>Null for redirect and response routes.</summary>
    public Cluster? Cluster { get; init; }

    /// <summary>Milliseconds; 0 is off (routing 8.1).</summary>
    public long TimeoutMs { get; init; }
    public long IdleTimeoutMs { get; init; }

    /// <summary>Whether the upgrade token may pass (routing 8.2, 8.3).</summary>
    public bool AllowsUpgrade(ReadOnlySpan<byte> token)
    {
        if (Config.AllowWebsockets && System.Text.Ascii.EqualsIgnoreCase(token, "websocket"u8))
        {
            return true;
        }
        if (Config.AllowSpdy && System.Text.Ascii.EqualsIgnoreCase(token, "spdy/3.1"u8))
        {
            return true;
        }
        foreach (string allowed in Config.AllowUpgrades)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(token, allowed))
            {
                return true;
            }
        }
        return false;
    }
}
