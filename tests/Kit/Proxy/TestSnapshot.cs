using System.Collections.Immutable;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Kit.Proxy;

/// <summary>A configuration as if it had been loaded: defaults, and the routes of a test.</summary>
public static class TestSnapshot
{
    public static ConfigSnapshot With(params RouteConfig[] routes) =>
        new()
        {
            Server = new ServerOptions { Address = new ListenAddress("", 443) },
            Tls = new TlsSettings(),
            Timeouts = new TimeoutOptions(),
            Requests = new RequestOptions(),
            Identity = new IdentityOptions { Cookie = new CookieOptions(), Provider = new ProviderOptions() },
            Secrets = new SecretOptions { SharedSecret = new byte[32], CookieSecret = new byte[32] },
            Storage = new StorageOptions(),
            Logging = new LoggingOptions(),
            Routes = [.. routes],
            RuntimeFlags = ImmutableDictionary<string, bool>.Empty.Add("match_any_incoming_port", true),
            Places = Places.None,
            ReferencedFiles = [],
        };

    /// <summary>A public route from <c>https://a</c> to <c>http://up</c>, everything else by <c>with</c>.</summary>
    public static RouteConfig Route(string from = "https://a", string to = "http://up")
    {
        Uri url = new(from.Replace("*", "star-", StringComparison.Ordinal));
        string host = url.Host.Replace("star-", "*", StringComparison.Ordinal);
        return new RouteConfig
        {
            ConfigPath = "routes[0]",
            Id = Convert.ToHexStringLower(Guid.NewGuid().ToByteArray())[..16],
            From = new RouteSource(
                from,
                url.Scheme switch
                {
                    "http" => RouteScheme.Http,
                    "tcp+https" => RouteScheme.TcpHttps,
                    _ => RouteScheme.Https,
                },
                host,
                url.IsDefaultPort || url.Port < 0 ? null : url.Port,
                url.AbsolutePath
            ),
            To = to.Length == 0 ? [] : [Upstream(to)],
            AllowPublicUnauthenticatedAccess = true,
        };
    }

    /// <summary>One element of <c>to</c>.</summary>
    public static UpstreamUrl Upstream(string to, uint weight = 1)
    {
        int scheme = to.IndexOf("://", StringComparison.Ordinal);
        string rest = to[(scheme + 3)..];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string authority = slash < 0 ? rest : rest[..slash];
        int colon = authority.IndexOf(':', StringComparison.Ordinal);
        return new UpstreamUrl(
            to,
            to[..scheme],
            colon < 0 ? authority : authority[..colon],
            colon < 0 ? 80 : int.Parse(authority[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture),
            colon >= 0,
            slash < 0 ? "" : rest[slash..],
            weight
        );
    }
}
