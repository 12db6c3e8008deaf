using System.Collections.Immutable;
using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Keys;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Reads the routes in order (config spec 2.4, 3) and what holds between them.</summary>
internal sealed class RouteRules(RuleContext context)
{
    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);

    /// <param name="routes">Elements with their paths, in order of evaluation.</param>
    public ImmutableArray<RouteConfig> Read(IEnumerable<(string Path, ConfigNode Node)> routes)
    {
        ImmutableArray<RouteConfig>.Builder result = ImmutableArray.CreateBuilder<RouteConfig>();
        foreach ((string path, ConfigNode node) in routes)
        {
            if (node.Kind != ConfigNodeKind.Object)
            {
                context.Problems.Add(
                    new Diagnostic(
                        "invalid-route",
                        Severity.Error,
                        path,
                        node.Mark,
                        $"expected a route, got {Kinds.Name(node)}",
                        node.Text,
                        "write from: and to: as keys of the element"
                    )
                );
                continue;
            }
            OptionReader options = OptionReader.Of(node, RouteKeys.Table, path, context.Problems);
            if (ReadOne(options) is { } route)
            {
                CheckUnique(options, route);
                result.Add(route);
            }
            RouteExtras.Check(context, options);
            KeyEffects.Check(options, RouteKeys.Table);
        }
        return result.ToImmutable();
    }

    private RouteConfig? ReadOne(OptionReader options)
    {
        RouteSource? from = RouteActions.From(options);
        ImmutableArray<UpstreamUrl> to = RouteActions.To(options);
        RedirectAction? redirect = RouteActions.Redirect(options);
        ResponseAction? response = RouteActions.Response(options);
        RouteActions.CheckOneAction(options);
        RoutePaths.Check(options);
        RouteAccess access = RouteAccess.Read(options);
        if (from is null)
        {
            return null;
        }
        bool disable = false;
        ImmutableArray<HeaderSetting>? responseHeaders = ResponseHeaderRules.ReadMap(
            options,
            "set_response_headers",
            out disable
        );
        ImmutableArray<string> upgrades =
            options.List("allow_upgrades") ?? context.Options.List("allow_upgrades") ?? [];
        RouteConfig route = new()
        {
            ConfigPath = options.Scope,
            Id = "",
            Name = options.Text("name", ""),
            Description = options.Text("description", ""),
            From = from,
            To = to,
            Redirect = redirect,
            Response = redirect is null ? response : null,
            Prefix = options.Text("prefix"),
            Path = options.Text("path"),
            Regex = options.Text("regex"),
            PrefixRewrite = options.Text("prefix_rewrite"),
            RegexRewritePattern = options.Text("regex_rewrite_pattern"),
            RegexRewriteSubstitution = options.Text("regex_rewrite_substitution"),
            HostRewrite = options.Text("host_rewrite"),
            HostRewriteHeader = options.Text("host_rewrite_header"),
            HostPathRegexRewritePattern = options.Text("host_path_regex_rewrite_pattern"),
            HostPathRegexRewriteSubstitution = options.Text("host_path_regex_rewrite_substitution"),
            PreserveHostHeader = options.Flag("preserve_host_header"),
            SetRequestHeaders = ResponseHeaderRules.ReadMap(options, "set_request_headers", out _) ?? [],
            RemoveRequestHeaders = options.List("remove_request_headers") ?? [],
            SetResponseHeaders = responseHeaders ?? [],
            DisableResponseHeaders = disable,
            RewriteResponseHeaders = RoutePaths.HeaderRewrites(options),
            PassIdentityHeaders = options.FlagOrNull("pass_identity_headers"),
            GroupsFilter = options.List("jwt_groups_filter") ?? [],
            IssuerFormat = options.Choice("jwt_issuer_format") is >= 0 and int format ? (JwtIssuerFormat)format : null,
            AllowPublicUnauthenticatedAccess = access.Public,
            AllowAnyAuthenticatedUser = access.AnyUser,
            AllowedUsers = access.Users,
            AllowedDomains = access.Domains,
            AllowedIdpClaims = access.Claims,
            Policy = access.Policy,
            CorsAllowPreflight = options.Flag("cors_allow_preflight"),
            ShowErrorDetails = options.Flag("show_error_details"),
            IdpClientId = options.Text("idp_client_id"),
            IdpClientSecret = options.Text("idp_client_secret"),
            Timeout = options.DurationOrNull("timeout"),
            IdleTimeout = options.DurationOrNull("idle_timeout"),
            AllowWebsockets = options.Flag("allow_websockets") || Names(upgrades, "websocket"),
            AllowSpdy = options.Flag("allow_spdy") || Names(upgrades, "spdy/3.1"),
            AllowUpgrades = upgrades,
            UpstreamTls = RouteTls.Read(context, options),
        };
        return route with { Id = RouteId.Of(route) };
    }

    private void CheckUnique(OptionReader options, RouteConfig route)
    {
        if (_ids.TryAdd(route.Id, route.ConfigPath))
        {
            return;
        }
        string name = route.Name.Length > 0 ? route.Name : "route";
        options.ScopeError(
            "route-not-unique",
            $"route {name}-{route.Id} is not unique",
            $"{_ids[route.Id]} has the same from, path and action: remove one of them",
            route.From.Text
        );
    }

    private static bool Names(ImmutableArray<string> upgrades, string token) =>
        upgrades.Any(u => u.Equals(token, StringComparison.OrdinalIgnoreCase));
}
