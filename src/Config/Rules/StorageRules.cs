using System.Text;
using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Keys;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Where records are kept (config spec 2.8).</summary>
internal static class StorageRules
{
    private const string TypeKey = "databroker_storage_type";

    public static StorageOptions Read(RuleContext context)
    {
        OptionReader options = context.Options;
        string name = options.Text(TypeKey, "memory").ToLowerInvariant();
        int type = GlobalKeys.Table[TypeKey].Choices.IndexOf(name);
        if (type < 0)
        {
            options.Error(
                TypeKey,
                "unknown-choice",
                "config: unknown databroker storage backend type",
                OptionReader.Suggest(name, GlobalKeys.Table[TypeKey].Choices)
            );
            type = 0;
        }
        const string FileKey = "databroker_storage_connection_string_file";
        string connection = context.ReadFile(options, FileKey, $"config: invalid {FileKey}: ") is { } file
            ? Encoding.UTF8.GetString(file).Trim()
            : options.Text("databroker_storage_connection_string", "");
        if (connection.Length == 0 && (StorageType)type is StorageType.Postgres or StorageType.Redis)
        {
            options.Error(
                TypeKey,
                "missing-connection-string",
                "config: missing databroker storage backend dsn",
                "set databroker_storage_connection_string"
            );
        }
        return new StorageOptions { Type = (StorageType)type, ConnectionString = connection };
    }
}
