using System.Text;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Pipeline;

namespace Pomerium.Fast.Kit.Proxy;

/// <summary>What the access log would have been told.</summary>
public sealed class RecordedExchanges : IExchangeObserver
{
    public List<string> Lines { get; } = [];

    public void OnCompleted(Exchange exchange) =>
        Lines.Add(
            $"{Encoding.Latin1.GetString(exchange.Request.Method)} {Encoding.Latin1.GetString(exchange.Request.Path)} "
                + $"{exchange.Response.Status} {exchange.ResponseBodyBytes} "
                + Encoding.Latin1.GetString(exchange.Detail.Span)
        );
}
