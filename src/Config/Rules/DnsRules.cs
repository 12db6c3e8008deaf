using System.Net;
using Pomerium.Fast.Config.Binding;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Name resolution of upstreams (config spec 2.1).</summary>
internal static class DnsRules
{
    private static readonly TimeSpan RateMin = TimeSpan.FromMilliseconds(1);

    public static void Check(OptionReader options)
    {
        foreach (string key in (ReadOnlySpan<string>)["dns_failure_refresh_rate", "dns_refresh_rate"])
        {
            if (options.DurationOrNull(key) is { } rate && rate < RateMin)
            {
                options.Error(key, "out-of-range", $"config: {key} must be at least 1ms");
            }
        }
        foreach (string resolver in options.List("dns_resolvers") ?? [])
        {
            if (Problem(resolver) is { } problem)
            {
                options.Error(
                    "dns_resolvers",
                    "invalid-resolver",
                    $"failed to build address from resolver \"{resolver}\": {problem}",
                    "write udp://IP:PORT or tcp://IP:PORT",
                    resolver
                );
            }
        }
    }

    private static string? Problem(string resolver)
    {
        if (UrlText.Parse(resolver, out string cause) is not { } url)
        {
            return cause;
        }
        return url.Scheme is not ("udp" or "tcp") ? $"unsupported url scheme: {url.Scheme}"
            : !IPAddress.TryParse(url.Host.Trim('[', ']'), out _) ? $"host must be an IP address: {url.Host}"
            : url.Port.Length == 0 ? $"must include a port: {resolver}"
            : null;
    }
}
