using System.Collections.Immutable;
using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Keys;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Says of every option that is set, but does nothing in this build, that it does nothing; checks its form all the same.</summary>
internal static class KeyEffects
{
    public static void Check(OptionReader reader, KeyTable table)
    {
        foreach (KeyInfo key in table.Keys)
        {
            if (key.AliasOf is not null || reader.Node(key.Name) is not { } node)
            {
                continue;
            }
            if (key.Deprecated.Length > 0)
            {
                reader.Warn(key.Name, "deprecated-key", $"{key.Name} is deprecated", key.Deprecated);
            }
            if (key.Effect == KeyEffect.Later)
            {
                CheckForm(reader, key);
            }
            if (key.Effect != KeyEffect.Works && !IsDefault(node, key))
            {
                Report(reader, key);
            }
        }
    }

    private static void Report(OptionReader reader, KeyInfo key)
    {
        if (key.Effect == KeyEffect.Never)
        {
            reader.Info(key.Name, "no-effect", $"option has no effect: {key.Name}", "remove it");
            return;
        }
        reader.Warn(key.Name, "not-effective", "not yet effective in this build", "remove it or expect the default");
    }

    private static bool IsDefault(ConfigNode node, KeyInfo key)
    {
        string text = TextListConverter.TryConvert(node, out ImmutableArray<string> list, out _)
            ? string.Join(',', list)
            : node.Text;
        bool off = key is { Type: KeyType.Boolean, Default: "" } && text is "false";
        return off || (text.Length > 0 && text.Equals(key.Default, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Reading reports what is wrong; the value itself is not needed.</summary>
    private static void CheckForm(OptionReader reader, KeyInfo key)
    {
        switch (key.Type)
        {
            case KeyType.Text or KeyType.Base64 or KeyType.File or KeyType.Address:
                reader.Text(key.Name);
                break;
            case KeyType.Boolean:
                reader.FlagOrNull(key.Name);
                break;
            case KeyType.Integer:
                reader.Integer(key.Name, 0, uint.MaxValue);
                break;
            case KeyType.Number:
                reader.Number(key.Name);
                break;
            case KeyType.Duration:
                reader.DurationOrNull(key.Name);
                break;
            case KeyType.TextList or KeyType.UrlList:
                reader.List(key.Name);
                break;
            case KeyType.TextMap:
                reader.Map(key.Name);
                break;
            case KeyType.Choice:
                reader.Choice(key.Name);
                break;
            case KeyType.Url:
                reader.Url(key.Name, $"config: bad {key.Name}: ");
                break;
            case KeyType.Object when key.Nested is { } nested && reader.Nested(key.Name) is { } inner:
                CheckAll(inner, nested);
                break;
            case KeyType.ObjectList when key.Nested is { } nested:
                foreach (OptionReader element in reader.Elements(key.Name))
                {
                    CheckAll(element, nested);
                }
                break;
        }
    }

    private static void CheckAll(OptionReader reader, KeyTable table)
    {
        foreach (KeyInfo key in table.Keys)
        {
            CheckForm(reader, key);
        }
    }
}
