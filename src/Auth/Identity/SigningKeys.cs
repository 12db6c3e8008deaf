using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Auth.Identity;

/// <summary>The keys of <c>signing_key</c>: the first signs, all are published, so that they can be rotated (identity 6.6).</summary>
public sealed class SigningKeys
{
    private const int RsaBitsMin = 2048;
    private const string P256 = "1.2.840.10045.3.1.7";

    private SigningKeys(ImmutableArray<SigningKey> all)
    {
        All = all;
        JwksJson = Encoding.ASCII.GetBytes($$"""{"keys":[{{string.Join(',', all.Select(static k => k.Jwk))}}]}""");
        ETag = $"\"{Convert.ToHexStringLower(SHA256.HashData(JwksJson))[..32]}\"";
    }

    public ImmutableArray<SigningKey> All { get; }
    public SigningKey Current => All[0];

    /// <summary>Body of <c>/.well-known/pomerium/jwks.json</c>.</summary>
    public byte[] JwksJson { get; }

    /// <summary>Strong entity tag of <see cref="JwksJson"/>, with its quotes.</summary>
    public string ETag { get; }

    public static (SigningKeys? Keys, ImmutableArray<Diagnostic> Problems) Load(ConfigSnapshot snapshot)
    {
        if (snapshot.Secrets.SigningKeyPem is not { } pem)
        {
            return (new SigningKeys([DerivedSigningKey.From(snapshot.Secrets.SharedSecret.Span)]), []);
        }
        try
        {
            ImmutableArray<SigningKey> keys = [.. Read(Encoding.UTF8.GetString(pem.Span))];
            return keys.Length > 0
                ? (new SigningKeys(keys), [])
                : throw new CryptographicException("no private key found");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            Diagnostic problem = new(
                "invalid-signing-key",
                Severity.Error,
                "signing_key",
                snapshot.Places.Find("signing_key"),
                $"signing_key: {e.Message}",
                "<redacted>",
                "give the PEM of an EC P-256 or an RSA private key of at least 2048 bits, "
                    + "e.g. from: openssl ecparam -genkey -name prime256v1 -noout"
            );
            return (null, [problem]);
        }
    }

    private static IEnumerable<SigningKey> Read(string pem)
    {
        int at = 0;
        while (PemEncoding.TryFind(pem.AsSpan(at), out PemFields fields))
        {
            string label = pem[at..][fields.Label];
            byte[] der = Convert.FromBase64String(pem[at..][fields.Base64Data]);
            at += fields.Location.End.Value;
            // openssl writes the curve's parameters in front of the key; they say nothing that the key does not.
            if (!string.Equals(label, "EC PARAMETERS", StringComparison.Ordinal))
            {
                yield return ReadOne(label, der);
            }
        }
    }

    private static SigningKey ReadOne(string label, byte[] der)
    {
        switch (label)
        {
            case "EC PRIVATE KEY":
                return ReadEc(der, pkcs8: false);
            case "RSA PRIVATE KEY":
                return ReadRsa(der, pkcs8: false);
            case "PRIVATE KEY":
                return AlgorithmOf(der) switch
                {
                    "1.2.840.10045.2.1" => ReadEc(der, pkcs8: true),
                    "1.2.840.113549.1.1.1" => ReadRsa(der, pkcs8: true),
                    "1.3.101.112" => throw new CryptographicException("Ed25519 keys are not supported"),
                    string other => throw new CryptographicException($"keys of algorithm {other} are not supported"),
                };
            default:
                throw new CryptographicException($"a PEM block \"{label}\" is not a private key");
        }
    }

    private static string AlgorithmOf(byte[] pkcs8)
    {
        System.Formats.Asn1.AsnReader outer = new(pkcs8, System.Formats.Asn1.AsnEncodingRules.DER);
        System.Formats.Asn1.AsnReader key = outer.ReadSequence();
        key.ReadInteger();
        return key.ReadSequence().ReadObjectIdentifier();
    }

    private static EcSigningKey ReadEc(byte[] der, bool pkcs8)
    {
        using ECDsa key = ECDsa.Create();
        if (pkcs8)
        {
            key.ImportPkcs8PrivateKey(der, out _);
        }
        else
        {
            key.ImportECPrivateKey(der, out _);
        }
        return key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value is P256
            ? EcSigningKey.From(key)
            : throw new CryptographicException("only the P-256 curve is supported");
    }

    private static RsaSigningKey ReadRsa(byte[] der, bool pkcs8)
    {
        using RSA key = RSA.Create();
        if (pkcs8)
        {
            key.ImportPkcs8PrivateKey(der, out _);
        }
        else
        {
            key.ImportRSAPrivateKey(der, out _);
        }
        return key.KeySize >= RsaBitsMin
            ? RsaSigningKey.From(key)
            : throw new CryptographicException($"the RSA key has {key.KeySize} bits, at least {RsaBitsMin} are needed");
    }
}
