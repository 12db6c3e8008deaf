using System.Collections.Immutable;
using System.Globalization;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Config.Binding;

/// <summary>The <c>from</c> of a route (config spec 3.1, routing 3.1).</summary>
internal static class SourceUrlConverter
{
    private static readonly ImmutableArray<string> Schemes = ["https", "http", "tcp+https", "tcp+http", "udp+https"];

    public static RouteSource? Parse(string text, out string cause, out string remedy)
    {
        remedy = "write scheme and host, for example https://app.example.com";
        UrlText? url = UrlConverter.Check(text, out string badUrl);
        if (url is null)
        {
            cause = $"config: policy bad source url {badUrl}";
            return null;
        }
        if (!Schemes.Contains(url.Scheme, StringComparer.Ordinal))
        {
            cause = $"config: policy bad source url {text} has no known scheme";
            remedy = NearestName.Find(url.Scheme, Schemes) is { } near
                ? $"did you mean \"{near}{text[url.Scheme.Length..]}\"?"
                : $"known schemes: {string.Join(", ", Schemes)}";
            return null;
        }
        bool isWeb = url.Scheme is "https" or "http";
        if (isWeb && url.Path is not ("" or "/"))
        {
            cause =
                $"config: policy source url ({text}) contains a path, but it should be set using the path field instead";
            remedy = $"write from: {url.Scheme}://{Authority(url)} and prefix: {url.Path}";
            return null;
        }
        cause = "";
        remedy = "";
        int? port = url.Port.Length > 0 ? int.Parse(url.Port, CultureInfo.InvariantCulture) : null;
        bool isDefault = (url.Scheme is "https" && port == 443) || (url.Scheme is "http" && port == 80);
        return new RouteSource(
            text,
            Scheme(url.Scheme),
            url.Host.ToLowerInvariant(),
            isDefault ? null : port,
            url.Path
        );
    }

    private static string Authority(UrlText url) => url.Port.Length > 0 ? $"{url.Host}:{url.Port}" : url.Host;

    private static RouteScheme Scheme(string scheme) =>
        scheme switch
        {
            "http" => RouteScheme.Http,
            "https" => RouteScheme.Https,
            "tcp+https" or "tcp+http" => RouteScheme.TcpHttps,
            _ => RouteScheme.UdpHttps,
        };
}
