using System.Collections.Immutable;
using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Where a route comes from and what it does: <c>from</c>, <c>to</c>, <c>redirect</c>, <c>response</c> (config spec 1.6, 3.1, 4.1).</summary>
internal static class RouteActions
{
    private static readonly ImmutableArray<int> RedirectCodes = [301, 302, 303, 307, 308];

    public static RouteSource? From(OptionReader options)
    {
        if (options.Text("from") is not { } text)
        {
            options.ScopeError(
                "missing-from",
                "config: policy bad source url url cannot be empty",
                "write from: with the URL that users open, for example https://app.example.com"
            );
            return null;
        }
        RouteSource? from = SourceUrlConverter.Parse(text, out string cause, out string remedy);
        if (from is null)
        {
            options.Error("from", "invalid-from", cause, remedy);
            return null;
        }
        if (from.Scheme == RouteScheme.Http)
        {
            options.Info(
                "from",
                "http-source",
                $"config: policy source url ({text}) uses HTTP but only HTTPS is supported"
            );
        }
        if (from.Scheme is RouteScheme.TcpHttps or RouteScheme.UdpHttps)
        {
            options.Warn("from", "not-effective", "routes of TCP and UDP: not yet effective in this build");
        }
        return from;
    }

    public static ImmutableArray<UpstreamUrl> To(OptionReader options)
    {
        if (options.Node("to") is not { } node)
        {
            return [];
        }
        List<(ConfigNode Node, string Path)> elements = [];
        Flatten(node, options.Path("to"), elements);
        if (elements.Count == 0)
        {
            options.Error("to", "empty-to", "url list is empty", "write at least one URL, for example http://app:8080");
            return [];
        }
        List<UpstreamUrl> urls = [];
        foreach ((ConfigNode element, string path) in elements)
        {
            UpstreamUrl? url = TargetConverter.Parse(element.Text, out string cause, out string remedy);
            if (url is null)
            {
                options.Problems.Add(
                    new Diagnostic("invalid-to", Severity.Error, path, element.Mark, cause, element.Text, remedy)
                );
                continue;
            }
            urls.Add(url);
        }
        // Checks between elements would only repeat what is wrong with one of them.
        return urls.Count == elements.Count ? Together(options, urls) : [];
    }

    public static RedirectAction? Redirect(OptionReader options)
    {
        if (options.Nested("redirect") is not { } redirect)
        {
            return null;
        }
        int code = (int)(redirect.Integer("response_code", int.MinValue, int.MaxValue) ?? RedirectCodes[0]);
        code = code == 0 ? RedirectCodes[0] : code;
        if (!RedirectCodes.Contains(code))
        {
            redirect.Error(
                "response_code",
                "unsupported-code",
                $"config: unsupported redirect response code {code} (supported values: 301, 302, 303, 307, 308)"
            );
        }
        return new RedirectAction
        {
            HttpsRedirect = redirect.FlagOrNull("https_redirect"),
            Scheme = redirect.Text("scheme_redirect"),
            Host = redirect.Text("host_redirect"),
            Port = redirect.Integer("port_redirect", 0, ushort.MaxValue) is > 0 and long port ? (int)port : null,
            Path = redirect.Text("path_redirect"),
            PrefixRewrite = redirect.Text("prefix_rewrite"),
            ResponseCode = code,
            StripQuery = redirect.Flag("strip_query"),
        };
    }

    public static ResponseAction? Response(OptionReader options)
    {
        if (options.Nested("response") is not { } response)
        {
            return null;
        }
        if (!response.Has("status"))
        {
            response.ScopeError(
                "missing-status",
                "response has no status",
                "write status: with a number from 200 to 599"
            );
            return null;
        }
        long? status = response.Integer("status", 200, 599);
        return status is { } code ? new ResponseAction((int)code, response.Text("body", "")) : null;
    }

    public static void CheckOneAction(OptionReader options)
    {
        if (!options.Has("to") && !options.Has("redirect") && !options.Has("response"))
        {
            options.ScopeError(
                "missing-action",
                "policy should have either `to` or `redirect` or `response` defined",
                "write to: with the URL of the application",
                options.Text("from", "")
            );
        }
    }

    private static void Flatten(ConfigNode node, string path, List<(ConfigNode, string)> into)
    {
        if (node.Kind != ConfigNodeKind.Array)
        {
            into.Add((node, path));
            return;
        }
        for (int i = 0; i < node.Items.Count; i++)
        {
            Flatten(node.Items[i], $"{path}[{i}]", into);
        }
    }

    private static ImmutableArray<UpstreamUrl> Together(OptionReader options, List<UpstreamUrl> urls)
    {
        int weighted = urls.Count(static u => u.Weight > 0);
        if (weighted > 0 && weighted < urls.Count)
        {
            options.Error(
                "to",
                "mixed-weights",
                "either no weights should be provided, or all endpoints must have non-zero weight specified",
                $"add a weight to {urls.First(static u => u.Weight == 0).Text}: URL,WEIGHT"
            );
        }
        CheckMix(options, urls, "tcp", static u => u.Scheme is "tcp");
        CheckMix(options, urls, "udp", static u => u.Scheme is "udp");
        CheckMix(options, urls, "unix", static u => u.Scheme is "unix" or "https+unix");
        return weighted > 0 ? [.. urls] : [.. urls.Select(static u => u with { Weight = 1 })];
    }

    private static void CheckMix(
        OptionReader options,
        List<UpstreamUrl> urls,
        string kind,
        Func<UpstreamUrl, bool> isKind
    )
    {
        if (urls.Any(isKind) && !urls.TrueForAll(u => isKind(u)))
        {
            options.Error(
                "to",
                "mixed-schemes",
                $"config: cannot mix {kind} and non-{kind} To URLs",
                "make two routes of it"
            );
        }
    }
}
