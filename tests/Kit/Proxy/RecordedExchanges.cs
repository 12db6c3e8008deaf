using System.Text;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Pipeline;

namespace Pomerium.Fast.Kit.Proxy;

/// <summary>What the access log would have been told.</summary>
public sealed class RecordedExchanges : IExchangeObserver
{
    public List<string> Lines { get; } = [];

    /// <summary>Records nothing: for tests that count allocations.</summary>
    public bool Muted { get; set; }

    public void OnCompleted(Exchange exchange)
    {
        if (!Muted)
        {
            Lines.Add(Line(exchange));
        }
    }

    private static string Line(Exchange exchange) =>
        $"{Encoding.Latin1.GetString(exchange.Request.Method)} {Encoding.Latin1.GetString(exchange.Request.Path)} "
        + $"{exchange.Response.Status} {exchange.ResponseBodyBytes} "
        + Encoding.Latin1.GetString(exchange.Detail.Span);
}
