using Pomerium.Fast.Auth.Sessions;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Auth.Handlers;

/// <summary>
/// <c>X-Pomerium-Jwt-Assertion-For</c>, for chains of proxies (identity 6.1): what the proxy in front said, passed on under
/// a name that says that it is the client's word.
/// </summary>
internal static class ForwardedAssertion
{
    private static ReadOnlySpan<byte> Prefix => "X-Pomerium-Jwt-Assertion-For: "u8;

    public static void Add(Exchange exchange)
    {
        HeaderBlock headers = exchange.Request.Headers;
        if (
            !headers.TryGet("x-pomerium-jwt-assertion-for"u8, out ReadOnlySpan<byte> value)
            && !headers.TryGet("x-pomerium-jwt-assertion"u8, out value)
        )
        {
            return;
        }
        if (exchange.Downstream.AuthMemory is not ConnectionMemory memory)
        {
            exchange.Downstream.AuthMemory = memory = new ConnectionMemory();
        }
        // The proxy in front sends the same value for a while: encode it once.
        if (memory.ForwardedAssertion is not { } block || !IsOf(block.Lines, value))
        {
            memory.ForwardedAssertion = block = new EncodedHeaders([.. Prefix, .. value, (byte)'\r', (byte)'\n']);
        }
        exchange.Edits.Add(block);
    }

    private static bool IsOf(ReadOnlySpan<byte> line, ReadOnlySpan<byte> value) =>
        line.Length == Prefix.Length + value.Length + 2 && line[Prefix.Length..^2].SequenceEqual(value);
}
