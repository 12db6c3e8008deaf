using System.Collections.Immutable;
using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Keys;
using Pomerium.Fast.Config.Rules;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config;

/// <summary>What loading came to. <see cref="Snapshot"/> is null exactly when an error is among the diagnostics.</summary>
public sealed record LoadResult(ConfigSnapshot? Snapshot, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>Files that were named, also those of a configuration that did not load: mending one must be noticed.</summary>
    public ImmutableArray<string> ReferencedFiles { get; init; } = [];

    /// <summary>The hash of what was read of each of them, null where nothing could be: what the watcher goes on from.</summary>
    internal ImmutableDictionary<string, string?> ContentHashes { get; init; } =
        ImmutableDictionary<string, string?>.Empty;
}

/// <summary>The way from what the operator wrote to a snapshot: sources, keys, binding, rules. Never throws for bad input.</summary>
public static class ConfigLoader
{
    public static LoadResult Load(ConfigSources sources)
    {
        List<Diagnostic> problems = [];
        FileReader files = new();
        ConfigNode? root = ReadRoot(sources, files, problems);
        if (root is null)
        {
            return Result(null, problems, files);
        }
        new UnknownKeys(problems).Check(root, sources.Name);
        ConfigSnapshot snapshot = Read(root, sources, files, problems);
        bool failed = problems.Exists(static p => p.Severity == Severity.Error);
        // A value that several rules read is reported by each of them.
        return Result(failed ? null : snapshot, problems.Distinct(), files);
    }

    private static LoadResult Result(ConfigSnapshot? snapshot, IEnumerable<Diagnostic> problems, FileReader files) =>
        new(snapshot, [.. problems]) { ReferencedFiles = files.Paths, ContentHashes = files.ContentHashes };

    private static ConfigNode? ReadRoot(ConfigSources sources, FileReader files, List<Diagnostic> problems)
    {
        ConfigNode? root =
            sources.InlineYaml is { } text ? YamlSource.Parse(text, sources.InlineName, problems)
            : sources.FilePath is { } path ? FileSource.Read(path, files, problems)
            : ConfigNode.OfMembers([], Mark.None);
        if (root is not null && root.Kind is not (ConfigNodeKind.Object or ConfigNodeKind.Null))
        {
            problems.Add(
                new Diagnostic(
                    "syntax",
                    Severity.Error,
                    "",
                    root.Mark,
                    $"expected keys with values, got {Kinds.Name(root)}",
                    Remedy: "write options as key: value"
                )
            );
            return null;
        }
        return root;
    }

    /// <summary>Subjects in the order of config spec 1.8, so that the first error is the one that the reference names.</summary>
    private static ConfigSnapshot Read(
        ConfigNode root,
        ConfigSources sources,
        FileReader files,
        List<Diagnostic> problems
    )
    {
        Dictionary<string, ConfigNode> options = OptionLayers.Merge(root, sources.Environment, GlobalKeys.Table);
        OptionReader reader = new(GlobalKeys.Table, options, "", new Mark(sources.Name, 0, 0), problems);
        RuleContext context = new(reader, files, sources.Clock, problems);

        StartUpRules.Check(sources.Environment, root, problems);
        ServerOptions server = ServerRules.Read(reader);
        SecretOptions secrets = SecretRules.Read(context, server.Services);
        IdentityOptions identity = IdentityRules.Read(context);
        ServiceUrlRules.CheckOthers(reader);
        PlaceIndex places = new();
        ImmutableArray<RouteConfig> routes = new RouteRules(context).Read(Routes(options, places, problems));
        TlsSettings tls = CertificateRules.Read(context);
        RequestOptions requests = RequestRules.Read(reader, hasCertificate: !tls.Certificates.IsEmpty);
        DownstreamMtlsRules.Check(context);
        ListenerRules.Check(context);
        AutocertRules.Check(context);
        StorageOptions storage = StorageRules.Read(context);
        DnsRules.Check(reader);
        ConfigSnapshot snapshot = new()
        {
            Server = server,
            Tls = tls,
            Timeouts = RequestRules.ReadTimeouts(reader),
            Requests = requests,
            Identity = identity,
            Secrets = secrets,
            Storage = storage,
            Branding = BrandingRules.Read(reader),
            Logging = LoggingRules.Read(reader),
            Routes = routes,
            RuntimeFlags = ServerRules.ReadFlags(reader),
            Places = places.Build(),
            ReferencedFiles = files.Paths,
        };
        TracingRules.Check(reader);
        BearerRules.Check(reader);
        KeyEffects.Check(reader, GlobalKeys.Table);
        return snapshot;
    }

    /// <summary>All of <c>policy</c>, then all of <c>routes</c> (config spec 1.3).</summary>
    private static List<(string Path, ConfigNode Node)> Routes(
        Dictionary<string, ConfigNode> options,
        PlaceIndex places,
        List<Diagnostic> problems
    )
    {
        List<(string, ConfigNode)> routes = [];
        foreach ((string key, ConfigNode node) in options)
        {
            if (GlobalKeys.Table[key].Type != KeyType.Routes)
            {
                places.Add(key, node);
            }
        }
        foreach (string key in (ReadOnlySpan<string>)["policy", "routes"])
        {
            IReadOnlyList<ConfigNode> list = RoutesConverter.Convert(options.GetValueOrDefault(key), key, problems);
            for (int i = 0; i < list.Count; i++)
            {
                places.Add($"{key}[{i}]", list[i]);
                routes.Add(($"{key}[{i}]", list[i]));
            }
        }
        return routes;
    }
}
