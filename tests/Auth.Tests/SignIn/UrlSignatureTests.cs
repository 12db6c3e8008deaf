using System.Text;
using Pomerium.Fast.Auth.SignIn;

namespace Pomerium.Fast.Auth.Tests.SignIn;

public sealed class UrlSignatureTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];
    private const string SignIn = "https://authenticate.example.com/.pomerium/sign_in";
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1700000000);

    private static QueryParameters Parameters() =>
        new QueryParameters()
            .Set("pomerium_redirect_uri", "https://app.example.com/a?b=c d")
            .Set("pomerium_idp_id", "abc");

    private static string SignatureOf(string url)
    {
        Assert.True(QueryParameters.TryParse(url.AsSpan(url.IndexOf('?') + 1), out QueryParameters? parameters));
        return parameters["pomerium_signature"];
    }

    private static UrlSignatureFault Verify(string url, DateTimeOffset now, byte[]? key = null)
    {
        int cut = url.IndexOf('?');
        Assert.True(QueryParameters.TryParse(url.AsSpan(cut + 1), out QueryParameters? parameters));
        return UrlSignature.Verify(key ?? Key, url[..cut], parameters, now);
    }

    [Fact]
    public void Signature_of_a_bare_url_is_the_known_value() =>
        Assert.Equal(
            "XtvM-Y-oPvoGGV2Q5G0vrQ_CgNeYhVyTG5dHIqLsBOU=",
            SignatureOf(
                UrlSignature.Sign(
                    Encoding.ASCII.GetBytes("test-key"),
                    "https://pomerium.io",
                    new QueryParameters(),
                    DateTimeOffset.FromUnixTimeSeconds(1574117851)
                )
            )
        );

    [Fact]
    public void Signature_of_a_sign_in_url_is_the_known_value()
    {
        string url = UrlSignature.Sign(Key, SignIn, Parameters(), Now);
        Assert.Equal("1pqINjiJh8IMrgbylcaBTYsHizMib5_ovQnGPGc281Q=", SignatureOf(url));
        Assert.StartsWith(
            "https://authenticate.example.com/.pomerium/sign_in?pomerium_expiry=1700000300&pomerium_idp_id=abc"
                + "&pomerium_issued=1700000000"
                + "&pomerium_redirect_uri=https%3A%2F%2Fapp.example.com%2Fa%3Fb%3Dc+d&pomerium_signature=",
            url,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(-60, UrlSignatureFault.None)]
    [InlineData(-61, UrlSignatureFault.IssuedInFuture)]
    [InlineData(0, UrlSignatureFault.None)]
    [InlineData(360, UrlSignatureFault.None)]
    [InlineData(361, UrlSignatureFault.Expired)]
    public void A_signature_holds_for_its_life_and_a_minute_around_it(int seconds, UrlSignatureFault expected) =>
        Assert.Equal(expected, Verify(UrlSignature.Sign(Key, SignIn, Parameters(), Now), Now.AddSeconds(seconds)));

    [Theory]
    [InlineData("pomerium_idp_id=abc", "pomerium_idp_id=abd", UrlSignatureFault.Wrong)]
    [InlineData("pomerium_idp_id=abc&", "", UrlSignatureFault.Wrong)]
    [InlineData("pomerium_idp_id=abc", "pomerium_idp_id=abc&x=1", UrlSignatureFault.Wrong)]
    [InlineData("pomerium_idp_id=abc", "pomerium_idp_id=abc&pomerium_idp_id=abc", UrlSignatureFault.Duplicate)]
    [InlineData("authenticate.example.com", "other.example.com", UrlSignatureFault.Wrong)]
    [InlineData("/sign_in", "/sign_out", UrlSignatureFault.Wrong)]
    [InlineData("https://auth", "http://auth", UrlSignatureFault.Wrong)]
    [InlineData("pomerium_issued=1700000000", "pomerium_issued=1700000001", UrlSignatureFault.Wrong)]
    [InlineData("pomerium_issued=1700000000", "pomerium_issued=soon", UrlSignatureFault.MalformedTime)]
    [InlineData("pomerium_expiry=1700000300", "pomerium_expiry=", UrlSignatureFault.MalformedTime)]
    [InlineData("pomerium_expiry=1700000300&", "", UrlSignatureFault.MalformedTime)]
    [InlineData("pomerium_signature=", "pomerium_signature=*", UrlSignatureFault.Malformed)]
    [InlineData("pomerium_signature=", "nothing=", UrlSignatureFault.Malformed)]
    public void Whatever_is_changed_is_noticed(string part, string changed, UrlSignatureFault expected)
    {
        string url = UrlSignature.Sign(Key, SignIn, Parameters(), Now);
        Assert.Contains(part, url, StringComparison.Ordinal);
        Assert.Equal(expected, Verify(url.Replace(part, changed, StringComparison.Ordinal), Now));
    }

    [Fact]
    public void Order_of_the_parameters_does_not_matter()
    {
        string url = UrlSignature.Sign(Key, SignIn, Parameters(), Now);
        string[] pairs = url[(url.IndexOf('?') + 1)..].Split('&');
        Assert.Equal(UrlSignatureFault.None, Verify($"{SignIn}?{string.Join('&', pairs.Reverse())}", Now));
    }

    [Fact]
    public void Another_deployments_key_does_not_verify() =>
        Assert.Equal(
            UrlSignatureFault.Wrong,
            Verify(UrlSignature.Sign(new byte[32], SignIn, Parameters(), Now), Now, Key)
        );

    [Theory]
    [InlineData("a=%zz")]
    [InlineData("a=%2")]
    [InlineData("%=1")]
    public void A_query_with_broken_escapes_is_no_query(string query) =>
        Assert.False(QueryParameters.TryParse(query, out _));
}
