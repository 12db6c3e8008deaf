using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Config.Tests.Binding;

/// <summary>URLs of config spec 1.6, 1.8 and 3.1.</summary>
public sealed class UrlTests
{
    [Theory]
    [InlineData("", "url cannot be empty")]
    [InlineData("verify", "verify url does not contain a valid scheme")]
    [InlineData("//host", "//host url does not contain a valid scheme")]
    [InlineData("https://", "https:// url does not contain a valid hostname")]
    [InlineData("https:///path", "https:///path url does not contain a valid hostname")]
    [InlineData("app:8080", "app:8080 url does not contain a valid hostname")]
    [InlineData(":8080", "parse \":8080\": missing protocol scheme")]
    [InlineData(
        "127.0.0.1:8080",
        "parse \"127.0.0.1:8080\": first path segment in URL cannot contain colon, have you specified protocol (ex: https)"
    )]
    [InlineData("https://a:b", "parse \"https://a:b\": invalid port \":b\" after host")]
    [InlineData("https://a b", "parse \"https://a b\": invalid character \" \" in host name")]
    [InlineData("https://[::1", "parse \"https://[::1\": missing ']' in host")]
    [InlineData("https://a\n", "net/url: invalid control character in URL")]
    public void Not_a_url(string text, string expected)
    {
        Assert.Null(UrlConverter.Check(text, out string cause));
        Assert.Equal(expected, cause);
    }

    [Theory]
    [InlineData("https://a", "https", "a", "", "")]
    [InlineData("HTTPS://A:8443/x?y#z", "https", "A", "8443", "/x")]
    [InlineData("https://u:p@a/", "https", "a", "", "/")]
    [InlineData("https://*.example.com", "https", "*.example.com", "", "")]
    [InlineData("https://[::1]:80", "https", "[::1]", "80", "")]
    [InlineData("unix:///run/x.sock", "unix", "", "", "/run/x.sock")]
    [InlineData("tcp+https://a:22", "tcp+https", "a", "22", "")]
    public void Url_parts(string text, string scheme, string host, string port, string path)
    {
        UrlText url = UrlConverter.Check(text, out string cause)!;
        Assert.Equal("", cause);
        Assert.Equal((scheme, host, port, path), (url.Scheme, url.Host, url.Port, url.Path));
    }

    [Theory]
    [InlineData("http://app", "http", "app", 80, false, "", 0u)]
    [InlineData("https://app/x", "https", "app", 443, false, "/x", 0u)]
    [InlineData("http://app:8080/,3", "http", "app", 8080, true, "/", 3u)]
    [InlineData("h2c://app", "h2c", "app", 80, false, "", 0u)]
    [InlineData("tcp://db:5432", "tcp", "db", 5432, true, "", 0u)]
    [InlineData("unix:///run/app.sock", "unix", "", 0, false, "/run/app.sock", 0u)]
    [InlineData("https+unix:///run/app.sock,2", "https+unix", "", 0, false, "/run/app.sock", 2u)]
    [InlineData("http://app,4294967295", "http", "app", 80, false, "", uint.MaxValue)]
    public void Target(string text, string scheme, string host, int port, bool given, string path, uint weight)
    {
        UpstreamUrl url = TargetConverter.Parse(text, out string cause, out _)!;
        Assert.Equal("", cause);
        Assert.Equal(
            (scheme, host, port, given, path, weight),
            (url.Scheme, url.Host, url.Port, url.PortGiven, url.Path, url.Weight)
        );
    }

    [Theory]
    [InlineData("http://app,0", "zero load balancing weight not permitted")]
    [InlineData("verify", "verify: verify url does not contain a valid scheme")]
    [InlineData("http://", "http://: http:// url does not contain a valid hostname")]
    [InlineData("http://app,x", "http://app: the weight \"x\" is no whole number up to 4294967295")]
    [InlineData("http://app,1,2", "http://app: the weight \"1,2\" is no whole number up to 4294967295")]
    [InlineData("http://app,-1", "http://app: the weight \"-1\" is no whole number up to 4294967295")]
    [InlineData("http://app,4294967296", "http://app: the weight \"4294967296\" is no whole number up to 4294967295")]
    [InlineData("ftp://app", "\"ftp://app\" has no known scheme")]
    [InlineData("", ": url cannot be empty")]
    public void Not_a_target(string text, string expected)
    {
        Assert.Null(TargetConverter.Parse(text, out string cause, out _));
        Assert.Equal(expected, cause);
    }

    [Theory]
    [InlineData("htp://app:8080,2", "did you mean \"http://app:8080\"?")]
    [InlineData("htps://app", "did you mean \"https://app\"?")]
    public void Misspelt_scheme_is_recognised(string text, string expected)
    {
        Assert.Null(TargetConverter.Parse(text, out _, out string remedy));
        Assert.Equal(expected, remedy);
    }

    [Theory]
    [InlineData("https://A.example.com", RouteScheme.Https, "a.example.com", null, "")]
    [InlineData("https://a.example.com/", RouteScheme.Https, "a.example.com", null, "/")]
    [InlineData("https://a.example.com:443", RouteScheme.Https, "a.example.com", null, "")]
    [InlineData("https://a.example.com:8443", RouteScheme.Https, "a.example.com", 8443, "")]
    [InlineData("http://a.example.com:80", RouteScheme.Http, "a.example.com", null, "")]
    [InlineData("http://a.example.com:443", RouteScheme.Http, "a.example.com", 443, "")]
    [InlineData("https://*.example.com", RouteScheme.Https, "*.example.com", null, "")]
    [InlineData("tcp+https://db.example.com:5432", RouteScheme.TcpHttps, "db.example.com", 5432, "")]
    [InlineData("tcp+https://p.example.com/db:5432", RouteScheme.TcpHttps, "p.example.com", null, "/db:5432")]
    [InlineData("udp+https://d.example.com:53", RouteScheme.UdpHttps, "d.example.com", 53, "")]
    public void Source(string text, RouteScheme scheme, string host, int? port, string path)
    {
        RouteSource from = SourceUrlConverter.Parse(text, out string cause, out _)!;
        Assert.Equal("", cause);
        Assert.Equal(new RouteSource(text, scheme, host, port, path), from);
    }

    [Theory]
    [InlineData(
        "verify.corp.example",
        "config: policy bad source url verify.corp.example url does not contain a valid scheme"
    )]
    [InlineData(
        "https://a.example.com/some/path",
        "config: policy source url (https://a.example.com/some/path) contains a path, but it should be set using the path field instead"
    )]
    [InlineData("https://", "config: policy bad source url https:// url does not contain a valid hostname")]
    [InlineData("ftp://a", "config: policy bad source url ftp://a has no known scheme")]
    public void Not_a_source(string text, string expected)
    {
        Assert.Null(SourceUrlConverter.Parse(text, out string cause, out string remedy));
        Assert.Equal(expected, cause);
        Assert.NotEmpty(remedy);
    }
}
