using System.Net;
using System.Text;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Routing;
using Pomerium.Fast.Transport.Loops;
using Pomerium.Fast.Transport.Tls;

namespace Pomerium.Fast.Kit.Policy;

/// <summary>Exchanges with a request as it stands when the policy is asked: head read, path normalised, client known.</summary>
public static class StillExchange
{
    /// <param name="target">As sent, with query.</param>
    public static Exchange Of(
        string method,
        string target,
        IPAddress client,
        DateTimeOffset now,
        params (string Name, string Value)[] headers
    )
    {
        ManualLoop loop = new(0, now);
        Exchange exchange = new(loop, new StillDownstream(loop, client)) { ClientAddress = ClientAddress.From(client) };
        RequestHead request = exchange.Request;
        request.SetMethod(Encoding.UTF8.GetBytes(method));
        string[] parts = target.Split('?', 2);
        request.SetQuery(Encoding.UTF8.GetBytes(parts.Length > 1 ? parts[1] : ""), parts.Length > 1);
        if (!request.IsConnect)
        {
            ByteBuffer path = new(64);
            RequestOptions options = new() { EscapedSlashes = EscapedSlashAction.KeepUnchanged };
            PathVerdict verdict = PathNormalizer.Normalize(Encoding.UTF8.GetBytes(parts[0]), path, options);
            request.SetPath(
                verdict == PathVerdict.Accepted
                    ? path.Span
                    : throw new ArgumentException($"{target} is refused before policies", nameof(target))
            );
        }
        foreach ((string name, string value) in headers)
        {
            request.Headers.Add(Encoding.ASCII.GetBytes(name), Encoding.UTF8.GetBytes(value));
        }
        return exchange;
    }

    private sealed class StillDownstream(Loop loop, IPAddress client) : IDownstream
    {
        public Loop Loop { get; } = loop;
        public IPEndPoint Peer { get; } = new(client, 40000);
        public ClientAddress PeerAddress => ClientAddress.From(Peer.Address);
        public ITlsFeature? Tls => null;
        public object? AuthMemory { get; set; }
    }
}
