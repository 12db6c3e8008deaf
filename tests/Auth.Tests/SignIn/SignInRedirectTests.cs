using System.Text;
using Pomerium.Fast.Auth.SignIn;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Auth.Tests.SignIn;

public sealed class SignInRedirectTests
{
    [Theory]
    [InlineData("app.example.com", "/a", "b=c+d%20e", "https://app.example.com/a?b=c+d%20e")]
    [InlineData("app.example.com:8443", "/", null, "https://app.example.com:8443/")]
    [InlineData("app.example.com", "/", "", "https://app.example.com/?")]
    [InlineData("app.example.com", "/a\\b", null, "https://app.example.com/a%5Cb")]
    [InlineData("app.example.com", "/\u00e9", null, "https://app.example.com/%C3%A9")]
    public void The_target_is_what_the_client_asked_for(string host, string path, string? query, string expected)
    {
        RequestHead request = new();
        request.SetMethod("GET"u8);
        request.SetAuthority(Encoding.UTF8.GetBytes(host));
        request.SetPath(Encoding.UTF8.GetBytes(path));
        request.SetQuery(Encoding.UTF8.GetBytes(query ?? ""), query is not null);
        Assert.Equal(expected, SignInRedirect.Target(request));
    }

    [Theory]
    [InlineData(4096, false)]
    [InlineData(4097, true)]
    public void A_target_too_long_for_a_provider_becomes_the_root(int bytes, bool cut)
    {
        RequestHead request = new();
        request.SetMethod("GET"u8);
        request.SetAuthority("app.example.com"u8);
        request.SetPath(Encoding.ASCII.GetBytes("/" + new string('a', bytes - 1)));
        Assert.Equal(cut, SignInRedirect.Target(request) == "https://app.example.com/");
    }
}
