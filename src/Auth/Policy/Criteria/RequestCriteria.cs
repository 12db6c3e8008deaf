using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Auth.Policy.Criteria;

/// <summary>The method as sent; methods are case-sensitive (RFC 9110 9.1).</summary>
internal sealed class HttpMethodCriterion(Utf8Matcher matcher)
    : RequestCriterion(Reasons.HttpMethodOk, Reasons.HttpMethodUnauthorized)
{
    public override bool Holds(Exchange exchange) => matcher.Matches(exchange.Request.Method);
}

/// <summary>A CORS preflight: a browser sends it without credentials (policy 3).</summary>
internal sealed class CorsPreflightCriterion() : RequestCriterion(Reasons.CorsRequest, Reasons.NonCorsRequest)
{
    public override bool Holds(Exchange exchange)
    {
        HeaderBlock headers = exchange.Request.Headers;
        return exchange.Request.Method.SequenceEqual("OPTIONS"u8)
            && headers.TryGet(KnownHeader.Origin, out ReadOnlySpan<byte> origin)
            && !origin.IsEmpty
            && headers.TryGet(KnownHeader.AccessControlRequestMethod, out ReadOnlySpan<byte> method)
            && !method.IsEmpty;
    }
}

/// <summary>The client's address after PROXY header and trusted hops (policy 3.6).</summary>
internal sealed class SourceIpCriterion(AddressSet addresses)
    : RequestCriterion(Reasons.SourceIpOk, Reasons.SourceIpUnauthorized)
{
    public override bool Holds(Exchange exchange) =>
        addresses.Contains(new UInt128(exchange.ClientAddress.High, exchange.ClientAddress.Low));
}
