using System.Security.Cryptography;
using System.Text;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Config.Tests.Rules;

/// <summary>Secrets and signing keys (config spec 2.7, 2.8, 7; identity 6.6).</summary>
public sealed class SecretTests : IDisposable
{
    private static readonly string Good = Convert.ToBase64String(
        Encoding.ASCII.GetBytes("01234567890123456789012345678901")
    );
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("secrets");

    [Theory]
    [InlineData("shared_secret: '!'", "config: invalid shared secret: illegal base64 data at input byte 0")]
    [InlineData("shared_secret: ' MDE= '", "config: invalid shared secret: shared secret contains whitespace")]
    [InlineData("shared_secret: MDE=", "proxy: invalid 'SHARED_SECRET': cryptutil: got 2 bytes but want 32")]
    [InlineData("cookie_secret: '!'", "proxy: invalid 'COOKIE_SECRET': illegal base64 data at input byte 0")]
    [InlineData("cookie_secret: MDE=", "proxy: invalid 'COOKIE_SECRET': cryptutil: got 2 bytes but want 32")]
    [InlineData("services: authorize", "config: invalid shared secret: empty shared secret")]
    public void Wrong_secret(string yaml, string expected) =>
        Assert.Equal(
            [expected],
            Loading.Yaml(yaml).Diagnostics.Where(static d => d.Severity == Severity.Error).Select(static d => d.Message)
        );

    [Theory]
    [InlineData("proxy", true)]
    [InlineData("authenticate", true)]
    [InlineData("authorize", false)]
    [InlineData("databroker", false)]
    public void Cookie_secret_is_required_where_cookies_are_read(string services, bool required)
    {
        LoadResult result = Loading.Yaml($"services: {services}\nshared_secret: {Good}");
        Assert.Equal(required, result.Diagnostics.Any(static d => d.Message is "empty cookie secret"));
    }

    [Fact]
    public void Secrets_are_generated_once_for_the_process()
    {
        SecretOptions first = Loading.Good("").Secrets;
        SecretOptions second = Loading.Good("address: :1").Secrets;
        Assert.Equal(32, first.SharedSecret.Length);
        Assert.True(first.CookieSecretGenerated);
        Assert.Equal(first.SharedSecret.ToArray(), first.CookieSecret.ToArray());
        Assert.Equal(first.SharedSecret.ToArray(), second.SharedSecret.ToArray());
    }

    [Fact]
    public void Given_shared_secret_stands_in_for_the_cookie_secret()
    {
        LoadResult result = Loading.Yaml($"shared_secret: {Good}");
        Assert.False(result.Snapshot!.Secrets.CookieSecretGenerated);
        Assert.Equal(Convert.FromBase64String(Good), result.Snapshot.Secrets.CookieSecret.ToArray());
    }

    [Fact]
    public void File_wins_over_value()
    {
        string other = Convert.ToBase64String(new byte[32]);
        ConfigSnapshot snapshot = Loading.Good(
            $"shared_secret: {Good}\nshared_secret_file: {Write(other)}\ncookie_secret_file: {Write(Good + "\n")}"
        );
        Assert.Equal(new byte[32], snapshot.Secrets.SharedSecret.ToArray());
        Assert.Equal(Convert.FromBase64String(Good), snapshot.Secrets.CookieSecret.ToArray());
        Assert.Equal(2, snapshot.ReferencedFiles.Length);
    }

    [Fact]
    public void Line_end_in_the_shared_secret_file_is_refused() =>
        Assert.Equal(
            "config: invalid shared secret: shared secret contains whitespace",
            Loading.Yaml($"shared_secret_file: {Write(Good + "\n")}").Single("invalid-secret").Message
        );

    public static TheoryData<string, string?> Keys =>
        new()
        {
            { Ec(ECCurve.NamedCurves.nistP256).ExportECPrivateKeyPem(), null },
            { Ec(ECCurve.NamedCurves.nistP256).ExportPkcs8PrivateKeyPem(), null },
            { RSA.Create(2048).ExportRSAPrivateKeyPem(), null },
            { RSA.Create(2048).ExportPkcs8PrivateKeyPem(), null },
            {
                Ec(ECCurve.NamedCurves.nistP384).ExportPkcs8PrivateKeyPem(),
                "signing_key: only the P-256 curve is supported"
            },
            {
                Ec(ECCurve.NamedCurves.nistP384).ExportECPrivateKeyPem(),
                "signing_key: only the P-256 curve is supported"
            },
            { RSA.Create(1024).ExportRSAPrivateKeyPem(), "signing_key: an RSA key needs at least 2048 bits, got 1024" },
            {
                "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n",
                "couldn't generate signing key: crypto: unsupported key type for signing: ed25519.PrivateKey"
            },
            {
                Ec(ECCurve.NamedCurves.nistP256).ExportSubjectPublicKeyInfoPem(),
                "couldn't generate signing key: unsupported PEM block \"PUBLIC KEY\""
            },
            { "rubbish", "config: invalid signing key: illegal base64 data at input byte 7" },
            { "YWJj", "config: invalid signing key: no PEM block found" },
            {
                "-----BEGIN EC PRIVATE KEY-----\nYWJj\n-----END EC PRIVATE KEY-----\n",
                "couldn't generate signing key: ASN1 corrupted data."
            },
        };

    [Theory]
    [MemberData(nameof(Keys))]
    public void Signing_key(string pem, string? expected)
    {
        LoadResult plain = Loading.Environment(("SIGNING_KEY", pem));
        LoadResult file = Loading.Yaml($"signing_key_file: {Write(pem)}");
        Assert.Equal(expected, plain.Diagnostics.SingleOrDefault(static d => d.Severity == Severity.Error)?.Message);
        Assert.Equal(expected, file.Diagnostics.SingleOrDefault(static d => d.Severity == Severity.Error)?.Message);
        if (expected is null)
        {
            string encoded = Convert.ToBase64String(Encoding.ASCII.GetBytes(pem));
            ConfigSnapshot snapshot = Loading.Good($"signing_key: {encoded}");
            Assert.Equal(pem, Encoding.ASCII.GetString(snapshot.Secrets.SigningKeyPem!.Value.Span));
            Assert.Equal(pem, Encoding.ASCII.GetString(plain.Snapshot!.Secrets.SigningKeyPem!.Value.Span));
        }
    }

    [Fact]
    public void Several_signing_keys_are_kept_in_order()
    {
        string both =
            "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
            + Ec(ECCurve.NamedCurves.nistP256).ExportECPrivateKeyPem()
            + "\n"
            + RSA.Create(2048).ExportPkcs8PrivateKeyPem();
        ConfigSnapshot snapshot = Loading.Good("", ("SIGNING_KEY", both));
        Assert.Equal(both, Encoding.ASCII.GetString(snapshot.Secrets.SigningKeyPem!.Value.Span));
    }

    [Fact]
    public void Client_secret_file_loses_one_line_end()
    {
        string path = Write("s3cret \n");
        Assert.Equal("s3cret ", Loading.Good($"idp_client_secret_file: {path}").Identity.Provider.ClientSecret);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static ECDsa Ec(ECCurve curve) => ECDsa.Create(curve);

    private string Write(string text)
    {
        string path = Path.Combine(_folder.FullName, Guid.NewGuid().ToString("N"));
        File.WriteAllText(path, text);
        return path;
    }
}
