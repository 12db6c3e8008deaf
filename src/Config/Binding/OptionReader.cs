using System.Collections.Immutable;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Keys;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Binding;

/// <summary>
/// Typed access to the options of one scope. A wrong value is reported with its place and read as not given, so that
/// reading goes on and every problem is found in one pass.
/// </summary>
internal sealed class OptionReader
{
    private const string Redacted = "<redacted>";
    private readonly KeyTable _table;
    private readonly IReadOnlyDictionary<string, ConfigNode> _options;
    private readonly string _prefix;
    private readonly Mark _mark;

    /// <param name="options">Values by canonical key.</param>
    /// <param name="path">Path of the scope: empty for the top level.</param>
    /// <param name="mark">Where the scope itself stands, for what is missing in it.</param>
    public OptionReader(
        KeyTable table,
        IReadOnlyDictionary<string, ConfigNode> options,
        string path,
        Mark mark,
        ICollection<Diagnostic> problems
    )
    {
        _table = table;
        _options = options;
        _prefix = path.Length == 0 ? "" : path + ".";
        _mark = mark;
        Scope = path;
        Problems = problems;
    }

    private delegate bool Converter<T>(ConfigNode node, out T value, out string cause);

    public ICollection<Diagnostic> Problems { get; }

    /// <summary>Path of the scope itself.</summary>
    public string Scope { get; }

    public static OptionReader Of(ConfigNode node, KeyTable table, string path, ICollection<Diagnostic> problems)
    {
        Dictionary<string, ConfigNode> options = new(StringComparer.Ordinal);
        foreach (ConfigMember member in node.Members)
        {
            if (table.Find(member.Name) is { } key)
            {
                options[key.AliasOf ?? key.Name] = member.Value;
            }
        }
        return new OptionReader(table, options, path, node.Mark, problems);
    }

    /// <summary>The value as written; null when it is not given, also when it is written as null.</summary>
    public ConfigNode? Node(string key) =>
        _options.TryGetValue(key, out ConfigNode? node) && node.Kind != ConfigNodeKind.Null ? node : null;

    public bool Has(string key) => Node(key) is not null;

    public string Path(string key) => _prefix + key;

    public Mark Mark(string key) => _options.TryGetValue(key, out ConfigNode? node) ? node.Mark : _mark;

    /// <summary>The text, or null when it is not given or empty.</summary>
    public string? Text(string key) =>
        TryRead(key, TextConverter.TryConvert, out string text) && text.Length > 0 ? text : null;

    public string Text(string key, string fallback) => Text(key) ?? fallback;

    public bool? FlagOrNull(string key) => TryRead(key, BooleanConverter.TryConvert, out bool value) ? value : null;

    public bool Flag(string key, bool fallback = false) => FlagOrNull(key) ?? fallback;

    public long? Integer(string key, long min, long max) =>
        TryRead(
            key,
            (ConfigNode node, out long value, out string cause) =>
                IntegerConverter.TryConvert(node, min, max, out value, out cause),
            out long value
        )
            ? value
            : null;

    public double? Number(string key) => TryRead(key, NumberConverter.TryConvert, out double value) ? value : null;

    public TimeSpan? DurationOrNull(string key)
    {
        if (!TryRead(key, DurationConverter.TryConvert, out TimeSpan value))
        {
            return null;
        }
        ConfigNode node = Node(key)!;
        if (value < TimeSpan.Zero)
        {
            Error(key, "negative-duration", $"{node.Text} is negative", "write 0 to turn the limit off");
            return null;
        }
        if (node.Kind == ConfigNodeKind.Number && node.Number != 0)
        {
            Warn(
                key,
                "duration-without-unit",
                $"{node.Text} has no unit and is taken as nanoseconds",
                $"write \"{node.Text}s\" for seconds"
            );
        }
        return value;
    }

    public TimeSpan Duration(string key, TimeSpan fallback) => DurationOrNull(key) ?? fallback;

    public ImmutableArray<string>? List(string key) =>
        TryRead(key, TextListConverter.TryConvert, out ImmutableArray<string> value) ? value : null;

    public ImmutableArray<KeyValuePair<string, string>>? Map(string key) =>
        TryRead(key, TextMapConverter.TryConvert, out ImmutableArray<KeyValuePair<string, string>> value)
            ? value
            : null;

    public ImmutableArray<Snapshot.ClaimHeader> ClaimHeaders(string key) =>
        TryRead(key, ClaimHeadersConverter.TryConvert, out ImmutableArray<Snapshot.ClaimHeader> value) ? value : [];

    /// <summary>The nested object as a scope of its own; null when it is not given.</summary>
    public OptionReader? Nested(string key)
    {
        if (!TryRead(key, AsMapping, out ConfigNode mapping))
        {
            return null;
        }
        return Of(mapping, _table[key].Nested!, Path(key), Problems);
    }

    /// <summary>Each element of a list of objects as a scope of its own; a single object counts as a list of one.</summary>
    public IEnumerable<OptionReader> Elements(string key)
    {
        ConfigNode? node = Node(key);
        IReadOnlyList<ConfigNode> items = node switch
        {
            null => [],
            { Kind: ConfigNodeKind.Array } => node.Items,
            _ => [node],
        };
        for (int i = 0; i < items.Count; i++)
        {
            string path = $"{Path(key)}[{i}]";
            if (items[i].Kind == ConfigNodeKind.Object)
            {
                yield return Of(items[i], _table[key].Nested!, path, Problems);
            }
            else
            {
                string cause = $"expected a mapping, got {Kinds.Name(items[i])}";
                Problems.Add(new Diagnostic("invalid-value", Severity.Error, path, items[i].Mark, cause));
            }
        }
    }

    /// <summary>Member of the key's choices, -1 when it is not given; a wrong one is reported as config spec 1.5 says.</summary>
    public int Choice(string key)
    {
        KeyInfo info = _table[key];
        if (Text(key) is not { } text)
        {
            return -1;
        }
        int index = ChoiceConverter.Find(text, info.Choices);
        if (index < 0)
        {
            Error(
                key,
                "unknown-choice",
                $"unsupported enum value {text} for {ChoiceConverter.EnumName(key)}",
                Suggest(text, info.Choices)
            );
        }
        return index;
    }

    public Uri? Url(string key, string message)
    {
        if (!TryRead(key, TextConverter.TryConvert, out string text) || text.Length == 0)
        {
            return null;
        }
        if (!UrlConverter.TryConvert(text, out Uri? url, out string cause))
        {
            Error(
                key,
                "invalid-url",
                $"{message}{cause}",
                "write scheme and host, for example https://host.example.com"
            );
        }
        return url;
    }

    public void Error(string key, string code, string message, string remedy = "", string? value = null) =>
        Add(Severity.Error, key, code, message, remedy, value);

    public void Warn(string key, string code, string message, string remedy = "", string? value = null) =>
        Add(Severity.Warning, key, code, message, remedy, value);

    public void Info(string key, string code, string message, string remedy = "") =>
        Add(Severity.Info, key, code, message, remedy, null);

    /// <summary>About the scope as a whole, at its own place.</summary>
    public void ScopeError(string code, string message, string remedy = "", string value = "") =>
        Problems.Add(new Diagnostic(code, Severity.Error, Scope, _mark, message, value, remedy));

    internal static string Suggest(string text, IEnumerable<string> known) =>
        NearestName.Find(text, known) is { } near ? $"did you mean \"{near}\"?" : $"known: {string.Join(", ", known)}";

    private static bool AsMapping(ConfigNode node, out ConfigNode value, out string cause)
    {
        value = TextMapConverter.AsMapping(node, out cause)!;
        return value is not null;
    }

    private bool TryRead<T>(string key, Converter<T> convert, out T value)
    {
        if (Node(key) is not { } node)
        {
            value = default!;
            return false;
        }
        if (convert(node, out value, out string cause))
        {
            return true;
        }
        bool secret = _table.Find(key) is { Secret: true };
        Error(
            key,
            "invalid-value",
            secret ? "the value has the wrong form" : cause,
            $"see {key} in docs/configuration.md"
        );
        return false;
    }

    private void Add(Severity severity, string key, string code, string message, string remedy, string? value)
    {
        bool secret = Has(key) && _table.Find(key) is { Secret: true };
        string shown = secret ? Redacted : value ?? Node(key)?.Text ?? "";
        Problems.Add(new Diagnostic(code, severity, Path(key), Mark(key), message, shown, remedy));
    }
}
