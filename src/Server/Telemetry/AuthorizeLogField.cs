using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;

namespace Pomerium.Fast.Server.Telemetry;

/// <summary>Fields of the authorize log (telemetry spec 2.4) that a request of this build can fill.</summary>
internal enum AuthorizeLogField
{
    RequestId,
    CheckRequestId,
    Method,
    Path,
    Host,
    Ip,
    SessionId,
    User,
    Email,
    RemovedGroupsCount,
    EnvoyRouteChecksum,
    EnvoyRouteId,
    RouteChecksum,
    RouteId,
    Query,
    IdToken,
    ClusterStatName,
    Headers,
}

/// <summary>The chosen fields in order; request headers that are logged by name are gathered in one object.</summary>
internal sealed record AuthorizeLogFields(
    ImmutableArray<AuthorizeLogField> Fields,
    bool AllHeaders,
    ImmutableArray<byte[]> Headers
)
{
    private const string HeaderPrefix = "headers.";

    private static readonly FrozenDictionary<string, AuthorizeLogField> ByName = new Dictionary<
        string,
        AuthorizeLogField
    >(StringComparer.Ordinal)
    {
        ["request-id"] = AuthorizeLogField.RequestId,
        ["check-request-id"] = AuthorizeLogField.CheckRequestId,
        ["method"] = AuthorizeLogField.Method,
        ["path"] = AuthorizeLogField.Path,
        ["host"] = AuthorizeLogField.Host,
        ["ip"] = AuthorizeLogField.Ip,
        ["session-id"] = AuthorizeLogField.SessionId,
        ["user"] = AuthorizeLogField.User,
        ["email"] = AuthorizeLogField.Email,
        ["removed-groups-count"] = AuthorizeLogField.RemovedGroupsCount,
        ["envoy-route-checksum"] = AuthorizeLogField.EnvoyRouteChecksum,
        ["envoy-route-id"] = AuthorizeLogField.EnvoyRouteId,
        ["route-checksum"] = AuthorizeLogField.RouteChecksum,
        ["route-id"] = AuthorizeLogField.RouteId,
        ["query"] = AuthorizeLogField.Query,
        ["id-token"] = AuthorizeLogField.IdToken,
        ["cluster-stat-name"] = AuthorizeLogField.ClusterStatName,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static AuthorizeLogFields Default { get; } =
        new(
            [.. Enum.GetValues<AuthorizeLogField>().Where(static f => f <= AuthorizeLogField.RouteId)],
            AllHeaders: false,
            []
        );

    /// <summary>Unknown names were reported when the configuration was loaded; fields of parts that this build lacks stay empty.</summary>
    public static AuthorizeLogFields From(ImmutableArray<string>? names)
    {
        if (names is not { } given)
        {
            return Default;
        }
        List<AuthorizeLogField> fields = [];
        List<byte[]> headers = [];
        bool all = false;
        foreach (string name in given)
        {
            if (ByName.TryGetValue(name, out AuthorizeLogField field))
            {
                fields.Add(field);
            }
            else if (name.Equals("headers", StringComparison.Ordinal))
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
            fields.Add(AuthorizeLogField.Headers);
        }
        return new AuthorizeLogFields([.. fields], all, [.. headers]);
    }
}
