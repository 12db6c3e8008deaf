using System.Collections.Immutable;
using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Keys;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Services, listeners, DNS family, runtime flags (config spec 2.1, 6).</summary>
internal static class ServerRules
{
    private static readonly ImmutableArray<string> Services =
    [
        "all",
        "authenticate",
        "authorize",
        "cache",
        "databroker",
        "proxy",
    ];

    public static ServerOptions Read(OptionReader options)
    {
        string services = ReadServices(options);
        bool insecure = options.Flag("insecure_server");
        return new ServerOptions
        {
            Services = services,
            InsecureServer = insecure,
            Address = MainAddress(options, insecure ? 80 : 443),
            HttpRedirectAddress = RedirectAddress(options),
            HealthCheckAddress = HealthAddress(options),
            UseProxyProtocol = options.Flag("use_proxy_protocol"),
            Codec = (CodecType)Math.Max(0, options.Choice("codec_type")),
            DnsLookupFamily = DnsFamily(options),
            InstallationId = options.Text("installation_id", ""),
        };
    }

    public static ImmutableDictionary<string, bool> ReadFlags(OptionReader options)
    {
        ImmutableDictionary<string, bool>.Builder flags = ImmutableDictionary.CreateBuilder<string, bool>(
            StringComparer.Ordinal
        );
        foreach (RuntimeFlag flag in RuntimeFlags.All)
        {
            flags[flag.Name] = flag.Default;
        }
        foreach ((string name, string text) in options.Map("runtime_flags") ?? [])
        {
            string lower = name.ToLowerInvariant();
            RuntimeFlag? known = RuntimeFlags.All.FirstOrDefault(f => f.Name.Equals(lower, StringComparison.Ordinal));
            if (known is null)
            {
                string remedy = OptionReader.Suggest(lower, RuntimeFlags.All.Select(static f => f.Name));
                options.Warn("runtime_flags", "unknown-flag", "unknown runtime flag", remedy, name);
                continue;
            }
            if (ParseFlag(text) is not { } on)
            {
                options.Error(
                    "runtime_flags",
                    "invalid-value",
                    $"{name}: expected true or false, got \"{text}\"",
                    "",
                    text
                );
                continue;
            }
            flags[lower] = on;
            if (known.Effect != KeyEffect.Works && on != known.Default)
            {
                string what =
                    known.Effect == KeyEffect.Never ? "option has no effect" : "not yet effective in this build";
                options.Warn("runtime_flags", "not-effective", $"{lower}: {what}", "remove it", name);
            }
        }
        return flags.ToImmutable();
    }

    private static bool? ParseFlag(string text) =>
        BooleanConverter.TryConvert(
            Sources.ConfigNode.OfText(text, Diagnostics.Mark.None, plain: true),
            out bool value,
            out _
        )
            ? value
            : null;

    private static string ReadServices(OptionReader options)
    {
        SortedSet<string> members = new(StringComparer.Ordinal);
        foreach (string part in options.List("services") ?? [])
        {
            string service = part.ToLowerInvariant();
            if (!Services.Contains(service, StringComparer.Ordinal))
            {
                options.Error(
                    "services",
                    "unknown-service",
                    $"config: {part} is an invalid service type",
                    OptionReader.Suggest(service, Services)
                );
                continue;
            }
            members.Add(service is "cache" ? "databroker" : service);
        }
        return members.Count == 0 || members.Contains("all") || members.Count == 4 ? "all" : string.Join(',', members);
    }

    private static ListenAddress MainAddress(OptionReader options, int defaultPort)
    {
        ListenAddress fallback = new("", defaultPort);
        if (options.Text("address") is not { } text)
        {
            return fallback;
        }
        if (AddressConverter.Parse(text, defaultPort, out string cause) is { } address)
        {
            return address;
        }
        options.Error(
            "address",
            "invalid-address",
            $"config: invalid address: {cause}",
            "write host:port, for example \":8443\""
        );
        return fallback;
    }

    private static ListenAddress? RedirectAddress(OptionReader options)
    {
        string? text = options.Text("http_redirect_addr")?.Trim('"', '\'');
        if (text is null or "")
        {
            return null;
        }
        ListenAddress? address = AddressConverter.Parse(text, 80, out string cause);
        if (address is null)
        {
            options.Error(
                "http_redirect_addr",
                "invalid-address",
                $"config: invalid http_redirect_addr: {cause}",
                "write host:port, for example \":80\""
            );
        }
        return address;
    }

    private static ListenAddress? HealthAddress(OptionReader options)
    {
        string text = options.Text("health_check_addr", "127.0.0.1:28080");
        ListenAddress? address = AddressConverter.Parse(text, out string cause);
        if (address is null)
        {
            options.Error(
                "health_check_addr",
                "invalid-address",
                $"config : invalid health_check_addr : {cause}",
                "write host:port, for example \"127.0.0.1:28080\""
            );
        }
        return address;
    }

    /// <summary>Names of families are case-sensitive, unlike every other choice.</summary>
    private static string DnsFamily(OptionReader options)
    {
        KeyInfo key = GlobalKeys.Table["dns_lookup_family"];
        string family = options.Text(key.Name, key.Default);
        if (!key.Choices.Contains(family, StringComparer.Ordinal))
        {
            options.Error(
                key.Name,
                "unknown-choice",
                $"config: unknown dns_lookup_family: known families are: AUTO, V4_ONLY, V6_ONLY, V4_PREFERRED, ALL: {family}",
                OptionReader.Suggest(family.ToUpperInvariant(), key.Choices)
            );
        }
        return family;
    }
}
