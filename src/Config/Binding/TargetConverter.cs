using System.Collections.Immutable;
using System.Globalization;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Config.Binding;

/// <summary>One element of <c>to</c>: <c>URL[,WEIGHT]</c> (config spec 1.6, 3.1).</summary>
internal static class TargetConverter
{
    private static readonly ImmutableArray<string> Schemes =
    [
        "http",
        "https",
        "h2c",
        "tcp",
        "udp",
        "unix",
        "https+unix",
        "ssh",
    ];

    /// <summary>The element without weight has weight 0 here; the caller settles what that means for the list.</summary>
    public static UpstreamUrl? Parse(string text, out string cause, out string remedy)
    {
        remedy = "";
        int comma = text.IndexOf(',', StringComparison.Ordinal);
        string address = (comma < 0 ? text : text[..comma]).Trim();
        uint weight = 0;
        if (comma >= 0)
        {
            ReadOnlySpan<char> digits = text.AsSpan(comma + 1).Trim();
            if (!uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out weight))
            {
                cause = $"{address}: the weight \"{digits}\" is no whole number up to {uint.MaxValue}";
                remedy = "write URL,WEIGHT, for example http://app:8080,3";
                return null;
            }
            if (weight == 0)
            {
                cause = "zero load balancing weight not permitted";
                remedy = "give it a weight of at least 1 or remove it";
                return null;
            }
        }
        UrlText? url = UrlConverter.Check(address, out cause);
        if (url is null)
        {
            cause = $"{address}: {cause}";
            remedy = "write scheme and host, for example http://app:8080";
            return null;
        }
        if (!Schemes.Contains(url.Scheme, StringComparer.Ordinal))
        {
            cause = $"\"{address}\" has no known scheme";
            remedy = NearestName.Find(url.Scheme, Schemes) is { } near
                ? $"did you mean \"{near}{address[url.Scheme.Length..]}\"?"
                : $"known schemes: {string.Join(", ", Schemes)}";
            return null;
        }
        return Build(address, url, weight, out cause);
    }

    private static UpstreamUrl? Build(string address, UrlText url, uint weight, out string cause)
    {
        cause = "";
        bool socket = url.Scheme is "unix" or "https+unix";
        // unix:relative and unix://host/path both name a path; only an absolute one is unambiguous.
        if (socket && (url.Path.Length < 2 || url.Host.Length > 0))
        {
            cause = $"{address}: a unix URL needs an absolute path, for example {url.Scheme}:///run/app.sock";
            return null;
        }
        if (url.Host.Contains('*', StringComparison.Ordinal))
        {
            cause = $"{address}: {address} url does not contain a valid hostname";
            return null;
        }
        int port = url.Port.Length > 0 ? int.Parse(url.Port, CultureInfo.InvariantCulture) : DefaultPort(url.Scheme);
        return new UpstreamUrl(address, url.Scheme, url.Host, port, url.Port.Length > 0, url.Path, weight);
    }

    private static int DefaultPort(string scheme) =>
        scheme switch
        {
            "https" => 443,
            "ssh" => 22,
            "unix" or "https+unix" => 0,
            _ => 80,
        };
}
