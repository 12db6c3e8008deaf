using System.Collections.Immutable;
using System.Net;

namespace Pomerium.Fast.Config.Snapshot;

/// <summary>Addresses and process-wide switches.</summary>
public sealed record ServerOptions
{
    /// <summary>Main listener; an empty host means all interfaces, IPv4 and IPv6.</summary>
    public required ListenAddress Address { get; init; }
    public bool InsecureServer { get; init; }
    public ListenAddress? HttpRedirectAddress { get; init; }
    public ListenAddress? HealthCheckAddress { get; init; }
    public bool UseProxyProtocol { get; init; }
    public string Services { get; init; } = "all";
    public CodecType Codec { get; init; } = CodecType.Auto;
    public string DnsLookupFamily { get; init; } = "V4_PREFERRED";
    public string InstallationId { get; init; } = "";
}

public enum CodecType
{
    Auto,
    Http1,
    Http2,
    Http3,
}

/// <summary>A <c>host:port</c> to listen on; <see cref="Host"/> is empty for all interfaces.</summary>
public sealed record ListenAddress(string Host, int Port)
{
    /// <summary>Reached from this machine alone.</summary>
    public bool IsLoopback =>
        string.Equals(Host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(Host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}

/// <summary>A PEM certificate chain with its key, and where each came from (for messages and reload).</summary>
public sealed record CertificateMaterial(
    ReadOnlyMemory<byte> CertificatePem,
    ReadOnlyMemory<byte> KeyPem,
    string CertificateSource,
    string KeySource,
    string ConfigPath
);

public sealed record TlsSettings
{
    /// <summary>Candidates in the order of routing spec 10.2.</summary>
    public ImmutableArray<CertificateMaterial> Certificates { get; init; } = [];

    /// <summary>PEM bundles added to the system trust for upstreams, services and providers.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> CertificateAuthorities { get; init; } = [];
    public string? TlsDerive { get; init; }
}

public sealed record TimeoutOptions
{
    /// <summary>Time to receive a whole request; zero is off.</summary>
    public TimeSpan Read { get; init; } = TimeSpan.FromSeconds(30);
    public TimeSpan Write { get; init; }
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(5);
    public TimeSpan DefaultUpstream { get; init; } = TimeSpan.FromSeconds(30);
}

public enum UnderscoreAction
{
    RejectRequest,
    Allow,
    DropHeader,
}

public enum EscapedSlashAction
{
    RejectRequest,
    KeepUnchanged,
    UnescapeAndRedirect,
    UnescapeAndForward,
}

public sealed record RequestOptions
{
    public bool SkipXffAppend { get; init; }
    public uint XffTrustedHops { get; init; }
    public UnderscoreAction HeadersWithUnderscores { get; init; }
    public bool MergeSlashes { get; init; } = true;
    public bool NormalizePath { get; init; } = true;
    public EscapedSlashAction EscapedSlashes { get; init; }

    /// <summary>Effective global response headers after the rules of config spec 2.5, in order.</summary>
    public ImmutableArray<HeaderSetting> SetResponseHeaders { get; init; } = [];
}

public readonly record struct HeaderSetting(string Name, string Value);

public sealed record IdentityOptions
{
    public Uri? AuthenticateUrl { get; init; }
    public Uri? AuthenticateInternalUrl { get; init; }
    public Uri? SignOutRedirectUrl { get; init; }
    public string CallbackPath { get; init; } = "/oauth2/callback";
    public required CookieOptions Cookie { get; init; }
    public required ProviderOptions Provider { get; init; }
    public ImmutableArray<string> ProgrammaticRedirectHosts { get; init; } = ["localhost"];

    /// <summary>Header name to claim name.</summary>
    public ImmutableArray<ClaimHeader> ClaimHeaders { get; init; } = [];
    public ImmutableArray<string> GroupsFilter { get; init; } = [];
    public JwtIssuerFormat IssuerFormat { get; init; }
    public bool PassIdentityHeaders { get; init; }
}

public readonly record struct ClaimHeader(string Header, string Claim);

public enum JwtIssuerFormat
{
    HostOnly,
    Uri,
}

public sealed record CookieOptions
{
    public string Name { get; init; } = "_pomerium";
    public string Domain { get; init; } = "";
    public bool HttpOnly { get; init; } = true;
    public TimeSpan Expire { get; init; } = TimeSpan.FromHours(14);
    public CookieSameSite SameSite { get; init; }
}

public enum CookieSameSite
{
    Unset,
    Strict,
    Lax,
    None,
}

/// <summary>The identity provider as configured; empty <see cref="Name"/> means none (hosted flow).</summary>
public sealed record ProviderOptions
{
    public string Name { get; init; } = "";
    public string Url { get; init; } = "";
    public string ClientId { get; init; } = "";
    public string ClientSecret { get; init; } = "";

    /// <summary>Null when not configured: the provider's own default applies.</summary>
    public ImmutableArray<string>? Scopes { get; init; }

    /// <summary>Null when not configured: the provider's own default applies.</summary>
    public ImmutableDictionary<string, string>? RequestParams { get; init; }
}

public sealed record SecretOptions
{
    /// <summary>32 bytes; generated per process when not configured.</summary>
    public required ReadOnlyMemory<byte> SharedSecret { get; init; }

    /// <summary>32 bytes; the shared secret when not configured.</summary>
    public required ReadOnlyMemory<byte> CookieSecret { get; init; }
    public bool CookieSecretGenerated { get; init; }

    /// <summary>PEM of one or several private keys; null means derived from the shared secret.</summary>
    public ReadOnlyMemory<byte>? SigningKeyPem { get; init; }
}

public enum StorageType
{
    Memory,
    File,
    Postgres,
    Redis,
}

public sealed record StorageOptions
{
    public StorageType Type { get; init; }
    public string ConnectionString { get; init; } = "";
}

public enum LogLevelOption
{
    Trace,
    Debug,
    Info,
    Warn,
    Error,
    Fatal,
    Off,
}

public sealed record LoggingOptions
{
    public LogLevelOption Level { get; init; } = LogLevelOption.Info;
    public LogLevelOption ProxyLevel { get; init; } = LogLevelOption.Info;

    /// <summary>Null means the default set of telemetry spec 2.3.</summary>
    public ImmutableArray<string>? AccessFields { get; init; }

    /// <summary>Null means the default set of telemetry spec 2.4.</summary>
    public ImmutableArray<string>? AuthorizeFields { get; init; }
}
