using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Tests.Rules;

/// <summary>Certificates, trust and client certificates (config spec 2.2, 3.4).</summary>
public sealed class CertificateTests : IDisposable
{
    private static readonly (string Chain, string Key) One = Make();
    private static readonly (string Chain, string Key) Two = Make();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("certificates");

    [Fact]
    public void Pairs_are_candidates_in_the_order_of_preference()
    {
        string chain = Write(One.Chain);
        string key = Write(One.Key);
        ConfigSnapshot snapshot = Loading.Good(
            $"certificate_file: {chain}\ncertificate_key_file: {key}\n"
                + $"certificates: [{{cert: {Write(Two.Chain)}, key: {Write(Two.Key)}}}]\n"
                + $"certificate: {Encoded(One.Chain)}\ncertificate_key: {Encoded(One.Key)}\n"
        );
        Assert.Equal(
            ["certificate", "certificates[0].cert", "certificate_file"],
            snapshot.Tls.Certificates.Select(static c => c.ConfigPath)
        );
        Assert.Equal(chain, snapshot.Tls.Certificates[2].CertificateSource);
        Assert.Equal(One.Key, Encoding.ASCII.GetString(snapshot.Tls.Certificates[0].KeyPem.Span));
        Assert.Equal(4, snapshot.ReferencedFiles.Length);
        Assert.Equal("Strict-Transport-Security", snapshot.Requests.SetResponseHeaders[^1].Name);
    }

    [Fact]
    public void Pair_that_does_not_fit_is_an_error()
    {
        string yaml = $"certificate: {Encoded(One.Chain)}\ncertificate_key: {Encoded(Two.Key)}";
        Assert.Equal(
            "config: bad cert base64 tls: private key does not match public key",
            Loading.Yaml(yaml).Single("invalid-certificate").Message
        );
    }

    [Theory]
    [InlineData(true, false, "tls: failed to find any PEM data in key input")]
    [InlineData(false, true, "tls: failed to find any PEM data in certificate input")]
    public void Rubbish_in_a_file_is_an_error(bool chain, bool key, string expected)
    {
        string yaml =
            $"certificate_file: {Write(chain ? One.Chain : "x")}\ncertificate_key_file: {Write(key ? One.Key : "x")}";
        Assert.Equal($"config: bad cert file {expected}", Loading.Yaml(yaml).Single("invalid-certificate").Message);
    }

    [Theory]
    [InlineData("certificate: YQ==", "config: bad cert base64 certificate_key is not set")]
    [InlineData("certificate_key: YQ==", "config: bad cert base64 certificate is not set")]
    [InlineData("certificate_file: x", "config: bad cert file certificate_key_file is not set")]
    [InlineData("certificates: [{key: x}]", "config: bad cert entry, file reference invalid. cert is not set")]
    public void Half_a_pair_is_an_error(string yaml, string expected) =>
        Assert.Equal(expected, Loading.Yaml(yaml).Single("half-pair").Message);

    [Theory]
    [InlineData(0, "")]
    [InlineData(51, "")]
    [InlineData(53, "certificate-expires")]
    [InlineData(64, "certificate-expires")]
    [InlineData(67, "certificate-expired")]
    public void Expiry_is_warned_of_two_weeks_before(int afterDays, string expected)
    {
        LoadResult result = ConfigLoader.Load(
            new ConfigSources
            {
                InlineYaml = $"certificate: {Encoded(One.Chain)}\ncertificate_key: {Encoded(One.Key)}",
                Clock = new FixedClock(DateTimeOffset.UtcNow.AddDays(afterDays)),
            }
        );
        Assert.NotNull(result.Snapshot);
        Assert.Equal(
            expected,
            result.Diagnostics.SingleOrDefault(static d => d.Severity == Severity.Warning)?.Code ?? ""
        );
    }

    [Fact]
    public void Authorities_of_both_forms_are_added()
    {
        ConfigSnapshot snapshot = Loading.Good(
            $"certificate_authority: {Encoded(One.Chain)}\ncertificate_authority_file: {Write(One.Chain + Two.Chain)}"
        );
        Assert.Equal(2, snapshot.Tls.CertificateAuthorities.Length);
    }

    [Fact]
    public void Authority_without_certificates_is_an_error() =>
        Assert.Equal(
            "config: bad certificate_authority: no certificates found",
            Loading.Yaml("certificate_authority: YQ==").Single("invalid-certificate").Message
        );

    [Fact]
    public void Route_has_its_own_trust_and_client_certificate()
    {
        ConfigSnapshot snapshot = Loading.Good(
            Loading.Route(
                $"tls_custom_ca: {Encoded(One.Chain)}",
                $"tls_client_cert_file: {Write(Two.Chain)}",
                $"tls_client_key_file: {Write(Two.Key)}",
                "tls_server_name: a",
                "tls_upstream_server_name: b"
            )
        );
        UpstreamTlsSettings tls = snapshot.Routes[0].UpstreamTls;
        Assert.Equal(One.Chain, Encoding.ASCII.GetString(tls.CustomCaPem!.Value.Span));
        Assert.Equal(Two.Key, Encoding.ASCII.GetString(tls.ClientCertificate!.KeyPem.Span));
        Assert.Equal("b", tls.ServerName);
    }

    [Theory]
    [InlineData("tls_custom_ca: '!'", "config: couldn't decode custom ca: illegal base64 data at input byte 0")]
    [InlineData("tls_custom_ca: YQ==", "config: couldn't decode custom ca: no certificates found")]
    [InlineData(
        "tls_custom_ca_file: none",
        "config: couldn't load client ca file: open none: no such file or directory"
    )]
    [InlineData("tls_client_cert: YQ==", "config: client certificate key and cert both must be non-empty")]
    [InlineData("tls_client_key_file: x", "config: client certificate key and cert both must be non-empty")]
    public void Wrong_upstream_tls(string line, string expected) =>
        Assert.Equal(
            [expected],
            Loading
                .Yaml(Loading.Route(line))
                .Diagnostics.Where(static d => d.Severity == Severity.Error)
                .Select(static d => d.Message)
        );

    public void Dispose() => _folder.Delete(recursive: true);

    private static (string Chain, string Key) Make()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=a.example.com", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(66));
        return (certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));

    private string Write(string text)
    {
        string path = Path.Combine(_folder.FullName, Guid.NewGuid().ToString("N"));
        File.WriteAllText(path, text);
        return path;
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
