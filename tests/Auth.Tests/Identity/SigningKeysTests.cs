using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pomerium.Fast.Auth.Identity;
using Pomerium.Fast.Auth.Tests.Handlers;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Auth.Tests.Identity;

public sealed class SigningKeysTests
{
    [Fact]
    public void The_thumbprint_is_the_one_of_the_vector() // identity 6.6
    {
        const string X = "QCN7adG2AmIK3UdHJvVJkldsUc6XeBRz83Z4rXX8Va4";
        const string Y = "PI95b-ary66nrvA55TpaiWADq8b3O1CYIbvjqIHpXCY";
        string input = $$"""{"crv":"P-256","kty":"EC","x":"{{X}}","y":"{{Y}}"}""";
        Assert.Equal("ccc5bc9d835ff3c8f7075ed4a7510159cf440fd7bf7b517b5caeb1fa419ee6a1", SigningKey.Thumbprint(input));
    }

    [Fact]
    public void Without_a_key_every_instance_derives_the_same()
    {
        SigningKeys one = Load(null).Keys!;
        SigningKeys two = Load(null).Keys!;
        Assert.Equal(one.Current.Id, two.Current.Id);
        Assert.Equal("ES256", one.Current.Algorithm);
        Assert.NotEqual(one.Current.Id, DerivedSigningKey.From(new byte[32]).Id);
    }

    [Fact]
    public void All_keys_are_published_in_order_and_the_first_signs()
    {
        using ECDsa ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using RSA rsa = RSA.Create(2048);
        SigningKeys keys = Load(
            ec.ExportECPrivateKeyPem() + "\n" + rsa.ExportRSAPrivateKeyPem() + "\n" + rsa.ExportPkcs8PrivateKeyPem()
        ).Keys!;
        using JsonDocument jwks = JsonDocument.Parse(keys.JwksJson);
        JsonElement[] published = [.. jwks.RootElement.GetProperty("keys").EnumerateArray()];
        Assert.Equal(["ES256", "RS256", "RS256"], published.Select(static k => k.GetProperty("alg").GetString()));
        Assert.Equal(
            ["use", "kid", "alg", "kty", "crv", "x", "y"],
            published[0].EnumerateObject().Select(static m => m.Name)
        );
        Assert.Equal(["use", "kid", "alg", "kty", "n", "e"], published[1].EnumerateObject().Select(static m => m.Name));
        Assert.Equal(keys.Current.Id, published[0].GetProperty("kid").GetString());
        Assert.Equal(published[1].GetProperty("kid").GetString(), published[2].GetProperty("kid").GetString());
        Assert.DoesNotContain("\"d\"", Encoding.ASCII.GetString(keys.JwksJson), StringComparison.Ordinal);
    }

    [Fact]
    public void The_parameters_that_openssl_writes_before_a_key_are_skipped()
    {
        using ECDsa ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        const string Parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
        Assert.Single(Load(Parameters + ec.ExportECPrivateKeyPem()).Keys!.All);
    }

    public static TheoryData<string, string> BadKeys
    {
        get
        {
            using ECDsa p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
            using ECDsa p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using RSA small = RSA.Create(1024);
            return new()
            {
                { p384.ExportECPrivateKeyPem(), "signing_key: only the P-256 curve is supported" },
                { p384.ExportPkcs8PrivateKeyPem(), "signing_key: only the P-256 curve is supported" },
                { small.ExportRSAPrivateKeyPem(), "signing_key: the RSA key has 1024 bits, at least 2048 are needed" },
                {
                    p256.ExportSubjectPublicKeyInfoPem(),
                    "signing_key: a PEM block \"PUBLIC KEY\" is not a private key"
                },
                { "rubbish", "signing_key: no private key found" },
                {
                    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----",
                    "signing_key: Ed25519 keys are not supported"
                },
            };
        }
    }

    [Theory]
    [MemberData(nameof(BadKeys))]
    public void A_bad_key_is_an_error_with_a_remedy_and_without_the_key(string pem, string message)
    {
        (SigningKeys? keys, IReadOnlyList<Diagnostic> problems) = Load(pem);
        Assert.Null(keys);
        Diagnostic problem = Assert.Single(problems);
        Assert.Equal(message, problem.Message);
        Assert.Equal(("signing_key", "<redacted>", Severity.Error), (problem.Path, problem.Value, problem.Severity));
        Assert.NotEmpty(problem.Remedy);
    }

    private static (SigningKeys? Keys, IReadOnlyList<Diagnostic> Problems) Load(string? pem)
    {
        ConfigSnapshot snapshot = Gate.DefaultSnapshot();
        SecretOptions secrets = snapshot.Secrets with
        {
            SigningKeyPem = pem is null ? null : (ReadOnlyMemory<byte>?)Encoding.ASCII.GetBytes(pem),
        };
        (SigningKeys? keys, var problems) = SigningKeys.Load(snapshot with { Secrets = secrets });
        return (keys, problems);
    }
}
