using System.Collections.Immutable;
using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Rules;

/// <summary>The global response headers (config spec 2.5) and what header maps have in common.</summary>
internal static class ResponseHeaderRules
{
    private const string Key = "set_response_headers";
    private const string Disable = "disable";

    private static readonly HeaderSetting Hsts = new(
        "Strict-Transport-Security",
        "max-age=31536000; includeSubDomains; preload"
    );

    private static readonly ImmutableArray<HeaderSetting> BuiltIn =
    [
        new("X-Frame-Options", "SAMEORIGIN"),
        new("X-XSS-Protection", "1; mode=block"),
    ];

    public static ImmutableArray<HeaderSetting>? Read(OptionReader options, bool hasCertificate)
    {
        if (!options.Has(Key))
        {
            bool hsts = hasCertificate && !options.Flag("autocert_use_staging");
            return hsts ? [.. BuiltIn, Hsts] : BuiltIn;
        }
        if (options.Node(Key) is { Kind: ConfigNodeKind.String } text && !JsonSource.LooksLikeObject(text.Text))
        {
            return FromPairs(options, text.Text);
        }
        return ReadMap(options, Key, out bool disabled) is { } headers && !disabled ? headers : [];
    }

    /// <summary>Names and values of a header map, checked; null when it is not given.</summary>
    /// <param name="disabled">The map has the key <c>disable</c>, whatever its value.</param>
    public static ImmutableArray<HeaderSetting>? ReadMap(OptionReader options, string key, out bool disabled)
    {
        disabled = false;
        if (options.Map(key) is not { } map)
        {
            return null;
        }
        List<HeaderSetting> headers = [];
        foreach ((string name, string value) in map)
        {
            if (name.Equals(Disable, StringComparison.OrdinalIgnoreCase))
            {
                disabled = true;
            }
            else if (IsSound(options, key, name, value))
            {
                headers.Add(new HeaderSetting(name, value));
            }
        }
        return [.. headers];
    }

    public static bool IsSound(OptionReader options, string key, string name, string value)
    {
        if (!HeaderNames.IsToken(name))
        {
            options.Error(
                key,
                "invalid-header",
                $"invalid header name \"{name}\"",
                "write letters, digits and dashes",
                name
            );
            return false;
        }
        if (!HeaderNames.IsValue(value))
        {
            options.Error(
                key,
                "invalid-header",
                $"the value of {name} holds a line break",
                "write it on one line",
                name
            );
            return false;
        }
        return true;
    }

    /// <summary><c>HEADERS=Key1:Value1,Key2:Value2</c> (config spec 1.4).</summary>
    private static ImmutableArray<HeaderSetting> FromPairs(OptionReader options, string text)
    {
        List<HeaderSetting> headers = [];
        bool disabled = false;
        foreach (string part in text.Split(','))
        {
            int colon = part.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
            {
                options.Error(
                    Key,
                    "invalid-headers",
                    $"config: failed to parse headers: failed to decode headers from '{text}'",
                    "write Key1:Value1,Key2:Value2 or a JSON object"
                );
                return [];
            }
            string name = part[..colon].Trim();
            string value = part[(colon + 1)..].Trim();
            disabled |= name.Equals(Disable, StringComparison.OrdinalIgnoreCase);
            if (!disabled && IsSound(options, Key, name, value))
            {
                headers.Add(new HeaderSetting(name, value));
            }
        }
        return disabled ? [] : [.. headers];
    }
}
