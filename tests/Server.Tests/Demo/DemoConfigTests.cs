using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Pomerium.Fast.Server.Demo;
using Pomerium.Fast.Server.Demo.DevelopmentProvider;
using YamlDotNet.RepresentationModel;

namespace Pomerium.Fast.Server.Tests.Demo;

public sealed class DemoConfigTests : IDisposable
{
    private readonly DemoCertificates _certificates = DemoCertificates.SelfSigned(TimeProvider.System);
    private readonly DemoHosts _hosts = new(8444);

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public void Text_is_yaml_with_a_route_for_each_kind_of_policy()
    {
        YamlMappingNode root = Parse(Config().Text);
        Assert.Equal("127.0.0.1:8444", Scalar(root, "address"));
        Assert.Equal("https://authenticate.localhost:8444", Scalar(root, "authenticate_service_url"));
        Assert.Equal("oidc", Scalar(root, "idp_provider"));
        Assert.Equal("http://127.0.0.1:9001/", Scalar(root, "idp_provider_url"));
        string[] from =
        [
            .. ((YamlSequenceNode)root["routes"]).Cast<YamlMappingNode>().Select(static r => Scalar(r, "from")),
        ];
        Assert.Equal([.. DemoHosts.Routes.Select(n => "https://" + _hosts.Authority(n))], from);
    }

    [Fact]
    public void Certificate_and_keys_are_base64_of_pem_that_loads()
    {
        YamlMappingNode root = Parse(Config().Text);
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(
            Decoded(root, "certificate"),
            Decoded(root, "certificate_key")
        );
        foreach (string name in DemoHosts.Certified)
        {
            Assert.True(certificate.MatchesHostname(name), name);
        }
        Assert.Contains("EC PRIVATE KEY", Decoded(root, "signing_key"), StringComparison.Ordinal);
        Assert.Equal(32, Convert.FromBase64String(Scalar(root, "shared_secret")).Length);
        Assert.Equal(32, Convert.FromBase64String(Scalar(root, "cookie_secret")).Length);
    }

    [Fact]
    public void Secrets_differ_from_start_to_start()
    {
        YamlMappingNode first = Parse(Config().Text);
        YamlMappingNode second = Parse(Config().Text);
        foreach (string key in (string[])["shared_secret", "cookie_secret", "signing_key", "idp_client_secret"])
        {
            Assert.NotEqual(Scalar(first, key), Scalar(second, key));
        }
    }

    [Fact]
    public void Shown_text_has_the_same_keys_and_no_secret()
    {
        DemoConfig config = Config();
        YamlMappingNode real = Parse(config.Text);
        YamlMappingNode shown = Parse(config.Shown);
        Assert.Equal(real.Children.Keys, shown.Children.Keys);
        foreach (string key in (string[])["certificate_key", "shared_secret", "cookie_secret", "signing_key"])
        {
            Assert.DoesNotContain(Scalar(real, key), config.Shown, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(Scalar(real, "idp_client_secret"), config.Shown, StringComparison.Ordinal);
    }

    private DemoConfig Config() =>
        new(
            _hosts,
            new Uri("http://127.0.0.1:9001"),
            new Uri("http://127.0.0.1:9002"),
            ProviderSettings.For(_hosts),
            _certificates,
            new IPEndPoint(IPAddress.Loopback, 8444).ToString()
        );

    private static YamlMappingNode Parse(string text)
    {
        YamlStream stream = new();
        stream.Load(new StringReader(text));
        return (YamlMappingNode)stream.Documents.Single().RootNode;
    }

    private static string Scalar(YamlMappingNode node, string key) => ((YamlScalarNode)node[key]).Value!;

    private static string Decoded(YamlMappingNode node, string key) =>
        Encoding.ASCII.GetString(Convert.FromBase64String(Scalar(node, key)));
}
