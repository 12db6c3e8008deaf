using System.Collections.Immutable;

namespace Pomerium.Fast.Config.Snapshot;

/// <summary>
/// One loaded configuration: every option converted, checked and defaulted. Immutable; a reload makes a new one.
/// Builders (routes, certificates, clusters, policies, providers) turn it into running parts.
/// </summary>
public sealed record ConfigSnapshot
{
    public required ServerOptions Server { get; init; }
    public required TlsSettings Tls { get; init; }
    public required TimeoutOptions Timeouts { get; init; }
    public required RequestOptions Requests { get; init; }
    public required IdentityOptions Identity { get; init; }
    public required SecretOptions Secrets { get; init; }
    public required StorageOptions Storage { get; init; }
    public BrandingOptions Branding { get; init; } = new();
    public required LoggingOptions Logging { get; init; }

    /// <summary>Routes in order of evaluation: those of <c>policy</c>, then those of <c>routes</c>.</summary>
    public required ImmutableArray<RouteConfig> Routes { get; init; }

    /// <summary>Runtime flags by lower-case name, defaults filled in (config spec 6).</summary>
    public required ImmutableDictionary<string, bool> RuntimeFlags { get; init; }

    /// <summary>Where each option was written; lets later builders point at a line.</summary>
    public required Places Places { get; init; }

    /// <summary>Files whose change must lead to a reload, absolute paths.</summary>
    public required ImmutableArray<string> ReferencedFiles { get; init; }

    public bool Flag(string name) => RuntimeFlags.TryGetValue(name, out bool on) && on;
}
