using System.Collections.Immutable;
using Pomerium.Fast.Config.Policy;

namespace Pomerium.Fast.Config.Snapshot;

/// <summary>One route as configured (config spec 3), converted and checked, not yet compiled.</summary>
public sealed record RouteConfig
{
    /// <summary>Path of the route in the configuration, e.g. <c>routes[3]</c>.</summary>
    public required string ConfigPath { get; init; }

    /// <summary>Hash over from, path keys and action (routing spec 3.6), lower-case hex.</summary>
    public required string Id { get; init; }
    public string Name { get; init; } = "";
    public string Description { get; init; } = "";
    public required RouteSource From { get; init; }

    // Exactly one action applies: Redirect, else Response, else To.
    public ImmutableArray<UpstreamUrl> To { get; init; } = [];
    public RedirectAction? Redirect { get; init; }
    public ResponseAction? Response { get; init; }

    public string? Prefix { get; init; }
    public string? Path { get; init; }
    public string? Regex { get; init; }

    public string? PrefixRewrite { get; init; }
    public string? RegexRewritePattern { get; init; }
    public string? RegexRewriteSubstitution { get; init; }
    public string? HostRewrite { get; init; }
    public string? HostRewriteHeader { get; init; }
    public string? HostPathRegexRewritePattern { get; init; }
    public string? HostPathRegexRewriteSubstitution { get; init; }
    public bool PreserveHostHeader { get; init; }

    public ImmutableArray<HeaderSetting> SetRequestHeaders { get; init; } = [];
    public ImmutableArray<string> RemoveRequestHeaders { get; init; } = [];

    /// <summary>Route's own response headers; a key <c>disable</c> was already resolved into <see cref="DisableResponseHeaders"/>.</summary>
    public ImmutableArray<HeaderSetting> SetResponseHeaders { get; init; } = [];
    public bool DisableResponseHeaders { get; init; }
    public ImmutableArray<ResponseHeaderRewrite> RewriteResponseHeaders { get; init; } = [];

    /// <summary>Null: the global value.</summary>
    public bool? PassIdentityHeaders { get; init; }
    public JwtIssuerFormat? IssuerFormat { get; init; }

    /// <summary>Groups that assertions keep, beside those of the global list.</summary>
    public ImmutableArray<string> GroupsFilter { get; init; } = [];

    public bool AllowPublicUnauthenticatedAccess { get; init; }
    public bool AllowAnyAuthenticatedUser { get; init; }
    public ImmutableArray<string> AllowedUsers { get; init; } = [];
    public ImmutableArray<string> AllowedDomains { get; init; } = [];

    /// <summary>Claim path to wanted values (text, number, boolean or null), flattened and in ordinal order of the path.</summary>
    public ImmutableArray<AllowedClaim> AllowedIdpClaims { get; init; } = [];
    public PolicyDocument? Policy { get; init; }
    public bool CorsAllowPreflight { get; init; }
    public bool ShowErrorDetails { get; init; }
    public string? IdpClientId { get; init; }
    public string? IdpClientSecret { get; init; }

    /// <summary>Null: the default of routing spec 8.1 for the kind of route. Zero: off.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Null: the default of routing spec 8.1 for the kind of route. Zero: off.</summary>
    public TimeSpan? IdleTimeout { get; init; }
    public bool AllowWebsockets { get; init; }
    public bool AllowSpdy { get; init; }
    public ImmutableArray<string> AllowUpgrades { get; init; } = [];
    public UpstreamTlsSettings UpstreamTls { get; init; } = new();

    /// <summary>Text form for messages: <c>from → to1,to2</c>.</summary>
    public override string ToString() => $"{From.Text} → {string.Join(',', To.Select(static t => t.Text))}";
}

public enum RouteScheme
{
    Http,
    Https,
    TcpHttps,
    UdpHttps,
}

/// <summary>The <c>from</c> URL. <see cref="Host"/> is lower case and may hold <c>*</c>; <see cref="Port"/> is null when not given or the scheme's default.</summary>
public sealed record RouteSource(string Text, RouteScheme Scheme, string Host, int? Port, string Path = "");

/// <summary>One element of <c>to</c>; the weight is 1 when none was given.</summary>
public sealed record UpstreamUrl(
    string Text,
    string Scheme,
    string Host,
    int Port,
    bool PortGiven,
    string Path,
    uint Weight
)
{
    public bool IsTls => Scheme is "https" or "https+unix";
}

public sealed record RedirectAction
{
    public bool? HttpsRedirect { get; init; }
    public string? Scheme { get; init; }
    public string? Host { get; init; }
    public int? Port { get; init; }
    public string? Path { get; init; }
    public string? PrefixRewrite { get; init; }
    public int ResponseCode { get; init; } = 301;
    public bool StripQuery { get; init; }
}

public sealed record ResponseAction(int Status, string Body);

public readonly record struct ResponseHeaderRewrite(string Header, string Prefix, string Value);

/// <param name="Path">Claim path, dots between levels.</param>
/// <param name="Values">Each a <see cref="string"/>, <see cref="double"/>, <see cref="bool"/> or null.</param>
public sealed record AllowedClaim(string Path, ImmutableArray<object?> Values);

public sealed record UpstreamTlsSettings
{
    public bool SkipVerify { get; init; }

    /// <summary>SNI and verified name: <c>tls_upstream_server_name</c>, else <c>tls_server_name</c>; null means the host of <c>to</c>.</summary>
    public string? ServerName { get; init; }

    /// <summary>PEM; replaces every other trust root of this route.</summary>
    public ReadOnlyMemory<byte>? CustomCaPem { get; init; }
    public CertificateMaterial? ClientCertificate { get; init; }
}
