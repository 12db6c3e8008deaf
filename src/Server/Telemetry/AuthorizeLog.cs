using System.Collections.Immutable;
using System.IO.Hashing;
using System.Numerics;
using System.Text;
using Pomerium.Fast.Auth.Handlers;
using Pomerium.Fast.Auth.Identity;
using Pomerium.Fast.Auth.Policy;
using Pomerium.Fast.Auth.Policy.Explain;
using Pomerium.Fast.Auth.Sessions;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Routing;

namespace Pomerium.Fast.Server.Telemetry;

/// <summary>
/// One JSON line per decision (telemetry spec 2.4, policy spec 9.1), encoded on its loop into the loop's ring. Made
/// anew for each configuration.
/// </summary>
internal sealed class AuthorizeLog : IDecisionObserver
{
    private readonly LoopLines _lines;
    private readonly AuthorizeLogFields _fields;
    private readonly bool _on;
    private readonly RouteGroupsFilters _groups;
    private readonly ImmutableArray<RouteNames> _routes;

    public AuthorizeLog(ConfigSnapshot snapshot, RouteTable routes, LogWriter writer, int loops)
    {
        _lines = new LoopLines(writer, loops);
        _fields = AuthorizeLogFields.From(snapshot.Logging.AuthorizeFields);
        _on = snapshot.Logging.Level <= LogLevelOption.Info;
        _groups = new RouteGroupsFilters(snapshot);
        _routes = [.. routes.Routes.Select(static r => RouteNames.Of(r.Config))];
    }

    public void OnDecision(Exchange exchange, in Decision decision, SessionView? session)
    {
        if (!_on)
        {
            return;
        }
        JsonLine line = _lines.Begin(exchange.Loop, "info"u8, "authorize"u8);
        foreach (AuthorizeLogField field in _fields.Fields)
        {
            Write(line, field, exchange, session);
        }
        line.Flag("allow"u8, decision.Allow);
        Why(line, decision.Allow ? "allow-why-true"u8 : "allow-why-false"u8, decision.AllowReasons);
        line.Flag("deny"u8, decision.Deny);
        Why(line, decision.Deny ? "deny-why-true"u8 : "deny-why-false"u8, decision.DenyReasons);
        _lines.End(exchange.Loop, "authorize check"u8);
    }

    private void Write(JsonLine line, AuthorizeLogField field, Exchange exchange, SessionView? session)
    {
        switch (field)
        {
            case AuthorizeLogField.RequestId:
                line.Text("request-id"u8, exchange.RequestId.Span);
                break;
            case AuthorizeLogField.CheckRequestId:
                line.Text("check-request-id"u8, exchange.RequestId.Span);
                break;
            case AuthorizeLogField.Method:
                line.Text("method"u8, exchange.Request.Method);
                break;
            case AuthorizeLogField.Path:
                line.Text("path"u8, exchange.Request.Path);
                break;
            case AuthorizeLogField.Host:
                line.Text("host"u8, exchange.Request.Authority);
                break;
            case AuthorizeLogField.Ip:
                Span<byte> address = stackalloc byte[46];
                exchange.ClientAddress.TryFormat(address, out int written);
                line.Text("ip"u8, address[..written]);
                break;
            case AuthorizeLogField.SessionId when session is not null:
                line.Text("session-id"u8, session.Session.Id);
                break;
            case AuthorizeLogField.User:
                line.Text("user"u8, session?.Subject.UserId ?? "");
                break;
            case AuthorizeLogField.Email:
                line.Text("email"u8, session?.Subject.Email ?? "");
                break;
            default:
                WriteRoute(line, field, exchange, session);
                break;
        }
    }

    /// <summary>Data path and policy read the same route here, so both spellings of the field agree.</summary>
    private void WriteRoute(JsonLine line, AuthorizeLogField field, Exchange exchange, SessionView? session)
    {
        RouteNames route = exchange.Route is { } matched ? _routes[matched.Index] : RouteNames.None;
        switch (field)
        {
            case AuthorizeLogField.RemovedGroupsCount when session is not null && exchange.Route is { } passed:
                if (_groups.Of(passed.Index)?.CountRemoved(session.Session.Claims) is > 0 and int removed)
                {
                    line.Number("removed-groups-count"u8, removed);
                }
                break;
            case AuthorizeLogField.EnvoyRouteChecksum:
                line.Number("envoy-route-checksum"u8, route.Checksum);
                break;
            case AuthorizeLogField.RouteChecksum:
                line.Number("route-checksum"u8, route.Checksum);
                break;
            case AuthorizeLogField.EnvoyRouteId:
                line.Text("envoy-route-id"u8, route.Id);
                break;
            case AuthorizeLogField.RouteId:
                line.Text("route-id"u8, route.Id);
                break;
            case AuthorizeLogField.ClusterStatName when route.Name.Length > 0:
                line.Text("cluster-stat-name"u8, route.Name);
                break;
            case AuthorizeLogField.Query:
                SafeQuery.Write(line, exchange.Request.Query);
                break;
            case AuthorizeLogField.IdToken when session?.Session.IdToken is { } token:
                line.Text("id-token"u8, token.Raw);
                break;
            case AuthorizeLogField.Headers:
                HeaderFields.Write(line, exchange.Request.Headers, _fields.AllHeaders, _fields.Headers);
                break;
            default:
                break;
        }
    }

    private static void Why(JsonLine line, ReadOnlySpan<byte> name, Reasons reasons)
    {
        line.BeginArray(name);
        for (ulong left = (ulong)reasons; left != 0; left &= left - 1)
        {
            line.Item(ReasonNames.Utf8Name(BitOperations.TrailingZeroCount(left)));
        }
        line.EndArray();
    }

    private sealed record RouteNames(byte[] Id, byte[] Name, long Checksum)
    {
        public static RouteNames None { get; } = new([], [], 0);

        public static RouteNames Of(RouteConfig route)
        {
            byte[] id = Encoding.UTF8.GetBytes(route.Id);
            return new RouteNames(id, Encoding.UTF8.GetBytes(route.Name), (long)(XxHash3.HashToUInt64(id) >> 1));
        }
    }
}
