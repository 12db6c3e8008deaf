using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Config.Tests;

/// <summary>A snapshot as text: only what differs from nothing, secrets by length, in the order of declaration.</summary>
internal static class SnapshotDump
{
    public static string Of(ConfigSnapshot snapshot)
    {
        StringBuilder text = new();
        foreach (RouteConfig route in snapshot.Routes)
        {
            Write(text, route.ConfigPath, route);
        }
        Write(text, "server", snapshot.Server);
        Write(text, "tls", snapshot.Tls);
        Write(text, "timeouts", snapshot.Timeouts);
        Write(text, "requests", snapshot.Requests);
        Write(text, "identity", snapshot.Identity);
        Write(text, "storage", snapshot.Storage);
        Write(text, "branding", snapshot.Branding);
        Write(text, "logging", snapshot.Logging);
        return text.ToString();
    }

    private static void Write(StringBuilder text, string path, object value)
    {
        foreach (PropertyInfo property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (
                property.GetIndexParameters().Length > 0
                || property.Name is "EqualityContract" or "ConfigPath" or "IsTls"
            )
            {
                continue;
            }
            WriteValue(text, $"{path}.{property.Name}", property.GetValue(value));
        }
    }

    private static void WriteValue(StringBuilder text, string path, object? value)
    {
        switch (value)
        {
            case null or false or "" or 0 or 0u:
                return;
            case ReadOnlyMemory<byte> bytes:
                Line(text, path, $"{bytes.Length} bytes");
                return;
            case string or bool or double or Enum or TimeSpan or Uri or IConvertible:
                Line(text, path, Convert.ToString(value, CultureInfo.InvariantCulture)!);
                return;
            case ListenAddress address:
                Line(text, path, address.ToString());
                return;
            case Config.Diagnostics.Mark mark:
                Line(text, path, $"{mark.Line}:{mark.Column}");
                return;
            case IDictionary map:
                foreach (DictionaryEntry entry in map)
                {
                    WriteValue(text, $"{path}[{entry.Key}]", entry.Value);
                }
                return;
            case IEnumerable items:
                int index = 0;
                foreach (object? item in items)
                {
                    WriteValue(text, $"{path}[{index++}]", item);
                }
                return;
            default:
                Write(text, path, value);
                return;
        }
    }

    private static void Line(StringBuilder text, string path, string value) =>
        text.Append(path).Append(" = ").Append(value.ReplaceLineEndings("\\n")).Append('\n');
}
