using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;

namespace Pomerium.Fast.Server.Telemetry;

/// <summary>The chosen fields in order; request headers that are logged by name are gathered in one object.</summary>
internal sealed record AccessLogFields(
    ImmutableArray<AccessLogField> Fields,
    bool AllHeaders,
    ImmutableArray<byte[]> Headers
)
{
    private const string HeaderPrefix = "headers.";

    private static readonly FrozenDictionary<string, AccessLogField> ByName = new Dictionary<string, AccessLogField>(
        StringComparer.Ordinal
    )
    {
        ["upstream-cluster"] = AccessLogField.UpstreamCluster,
        ["method"] = AccessLogField.Method,
        ["authority"] = AccessLogField.Authority,
        ["path"] = AccessLogField.Path,
        ["user-agent"] = AccessLogField.UserAgent,
        ["referer"] = AccessLogField.Referer,
        ["forwarded-for"] = AccessLogField.ForwardedFor,
        ["request-id"] = AccessLogField.RequestId,
        ["duration"] = AccessLogField.Duration,
        ["size"] = AccessLogField.Size,
        ["response-code"] = AccessLogField.ResponseCode,
        ["response-code-details"] = AccessLogField.ResponseCodeDetails,
        ["query"] = AccessLogField.Query,
        ["ip"] = AccessLogField.Ip,
        ["cluster-stat-name"] = AccessLogField.ClusterStatName,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static AccessLogFields Default { get; } =
        new(
            [.. Enum.GetValues<AccessLogField>().Where(static f => f <= AccessLogField.ResponseCodeDetails)],
            AllHeaders: false,
            []
        );

    /// <summary>Unknown names were reported when the configuration was loaded and are passed over here.</summary>
    public static AccessLogFields From(ImmutableArray<string>? names)
    {
        if (names is not { } given)
        {
            return Default;
        }
        List<AccessLogField> fields = [];
        List<byte[]> headers = [];
        bool all = false;
        foreach (string name in given)
        {
            if (ByName.TryGetValue(name, out AccessLogField field))
            {
                fields.Add(field);
            }
            else if (string.Equals(name, "headers", StringComparison.Ordinal))
            {
                all = true;
            }
            else if (name.StartsWith(HeaderPrefix, StringComparison.Ordinal))
            {
                headers.Add(Encoding.ASCII.GetBytes(name[HeaderPrefix.Length..].ToLowerInvariant()));
            }
        }
        if (all || headers.Count > 0)
        {
            fields.Add(AccessLogField.Headers);
        }
        return new AccessLogFields([.. fields], all, [.. headers]);
    }
}
