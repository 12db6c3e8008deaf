using System.Collections.Immutable;
using System.Text;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Pipeline;

namespace Pomerium.Fast.Server.Telemetry;

/// <summary>
/// One JSON line per finished exchange (telemetry spec 2.3), encoded on its loop into the loop's ring: no allocation,
/// no lock, no wait. Made anew for each configuration.
/// </summary>
internal sealed class AccessLog : IExchangeObserver
{
    private readonly LoopLines _lines;
    private readonly AccessLogFields _fields;
    private readonly bool _info;
    private readonly bool _debug;
    private readonly ImmutableArray<byte[]> _clusterNames;

    public AccessLog(ConfigSnapshot snapshot, LogWriter writer, int loops)
    {
        _lines = new LoopLines(writer, loops);
        _fields = AccessLogFields.From(snapshot.Logging.AccessFields);
        LogLevelOption level = snapshot.Logging.ProxyLevel;
        _info = level <= LogLevelOption.Info;
        _debug = level <= LogLevelOption.Debug;
        _clusterNames = [.. snapshot.Routes.Select(static r => Encoding.UTF8.GetBytes(ClusterName(r)))];
    }

    public void OnCompleted(Exchange exchange)
    {
        bool probe = IsProbe(exchange.Request);
        if (!(probe ? _debug : _info))
        {
            return;
        }
        JsonLine line = _lines.Begin(exchange.Loop, probe ? "debug"u8 : "info"u8, "envoy"u8);
        foreach (AccessLogField field in _fields.Fields)
        {
            Write(line, field, exchange);
        }
        _lines.End(exchange.Loop, "http-request"u8);
    }

    private static string ClusterName(RouteConfig route) =>
        (route.Name.Length > 0 ? route.Name : "route") + "-" + route.Id;

    private static bool IsProbe(RequestHead request) =>
        !request.HasQuery && (request.Path.SequenceEqual("/ping"u8) || request.Path.SequenceEqual("/healthz"u8));

    private void Write(JsonLine line, AccessLogField field, Exchange exchange)
    {
        RequestHead request = exchange.Request;
        switch (field)
        {
            case AccessLogField.UpstreamCluster:
                line.Text("upstream-cluster"u8, Cluster(exchange));
                break;
            case AccessLogField.Method:
                line.Text("method"u8, request.Method);
                break;
            case AccessLogField.Authority:
                line.Text("authority"u8, request.Authority);
                break;
            case AccessLogField.Path:
                line.Text("path"u8, request.Path);
                break;
            case AccessLogField.UserAgent:
                Header(line, "user-agent"u8, KnownHeader.UserAgent, request);
                break;
            case AccessLogField.Referer:
                request.Headers.TryGet(KnownHeader.Referer, out ReadOnlySpan<byte> referer);
                int query = referer.IndexOf((byte)'?');
                line.Text("referer"u8, query < 0 ? referer : referer[..query]);
                break;
            case AccessLogField.ForwardedFor:
                ForwardedFor(line, exchange);
                break;
            case AccessLogField.RequestId:
                line.Text("request-id"u8, exchange.RequestId.Span);
                break;
            case AccessLogField.Duration:
                line.Number("duration"u8, exchange.Loop.NowMs - exchange.StartedMs);
                break;
            case AccessLogField.Size:
                line.Number("size"u8, exchange.ResponseBodyBytes);
                break;
            case AccessLogField.ResponseCode:
                line.Number("response-code"u8, exchange.Response.Status);
                break;
            case AccessLogField.ResponseCodeDetails:
                line.Text("response-code-details"u8, exchange.Detail.Span);
                break;
            default:
                WriteOptional(line, field, exchange);
                break;
        }
    }

    private void WriteOptional(JsonLine line, AccessLogField field, Exchange exchange)
    {
        switch (field)
        {
            case AccessLogField.Query:
                SafeQuery.Write(line, exchange.Request.Query);
                break;
            case AccessLogField.Ip:
                Span<byte> address = stackalloc byte[46];
                exchange.ClientAddress.TryFormat(address, out int written);
                line.Text("ip"u8, address[..written]);
                break;
            case AccessLogField.ClusterStatName when exchange.Route?.Config.Name is { Length: > 0 } name:
                line.Text("cluster-stat-name"u8, name);
                break;
            case AccessLogField.Headers:
                HeaderFields.Write(line, exchange.Request.Headers, _fields.AllHeaders, _fields.Headers);
                break;
            default:
                break;
        }
    }

    private ReadOnlySpan<byte> Cluster(Exchange exchange) =>
        exchange.Route is { } route ? _clusterNames[route.Index]
        : exchange.Detail.Span.SequenceEqual("via_upstream"u8) ? "pomerium-control-plane-http"u8
        : default;

    private static void Header(JsonLine line, ReadOnlySpan<byte> name, KnownHeader header, RequestHead request)
    {
        request.Headers.TryGet(header, out ReadOnlySpan<byte> value);
        line.Text(name, value);
    }

    /// <summary>The header as the upstream sees it: what came, and the peer appended.</summary>
    private static void ForwardedFor(JsonLine line, Exchange exchange)
    {
        Span<byte> text = stackalloc byte[512];
        int length = 0;
        if (
            exchange.Request.Headers.TryGet(KnownHeader.XForwardedFor, out ReadOnlySpan<byte> came)
            && came.Length is > 0 and <= 448
        )
        {
            came.CopyTo(text);
            text[came.Length] = (byte)',';
            length = came.Length + 1;
        }
        exchange.Downstream.PeerAddress.TryFormat(text[length..], out int written);
        line.Text("forwarded-for"u8, text[..(length + written)]);
    }
}
