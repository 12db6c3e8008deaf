using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Pomerium.Fast.Auth.Identity;

/// <summary>
/// A private key that signs assertions, and its public half as a JWK (identity 6.6). Thread-safe: each signature borrows
/// a key object of its own, since .NET's are not for several threads.
/// </summary>
public abstract class SigningKey
{
    /// <summary>Lower-case hex of the RFC 7638 thumbprint.</summary>
    public string Id { get; }

    /// <summary><c>ES256</c> or <c>RS256</c>.</summary>
    public string Algorithm { get; }

    /// <summary>The public key as one JSON object.</summary>
    public string Jwk { get; }

    /// <summary>The encoded JOSE header with its dot.</summary>
    internal byte[] EncodedHeader { get; }
    internal abstract int SignatureBytes { get; }

    /// <summary>Quick enough to be done on a loop; otherwise it belongs elsewhere.</summary>
    internal abstract bool IsQuick { get; }

    private protected SigningKey(string algorithm, string thumbprintInput, string members)
    {
        Algorithm = algorithm;
        Id = Thumbprint(thumbprintInput);
        Jwk = $$"""{"use":"sig","kid":"{{Id}}","alg":"{{algorithm}}",{{members}}}""";
        EncodedHeader = Encoding.ASCII.GetBytes(
            Base64Url.EncodeToString(
                Encoding.ASCII.GetBytes($$"""{"alg":"{{algorithm}}","kid":"{{Id}}","typ":"JWT"}""")
            ) + "."
        );
    }

    internal abstract void Sign(ReadOnlySpan<byte> data, Span<byte> signature);

    internal static string Thumbprint(string members) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(members)));
}

internal sealed class EcSigningKey : SigningKey
{
    private readonly ECParameters _parameters;
    private readonly ConcurrentBag<ECDsa> _idle = [];

    private EcSigningKey(ECParameters parameters, string x, string y)
        : base(
            "ES256",
            $$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""",
            $$"""
            "kty":"EC","crv":"P-256","x":"{{x}}","y":"{{y}}"
            """
        ) => _parameters = parameters;

    internal override int SignatureBytes => 64;
    internal override bool IsQuick => true;

    /// <summary>Of a P-256 key.</summary>
    public static EcSigningKey From(ECDsa key)
    {
        ECParameters parameters = key.ExportParameters(includePrivateParameters: true);
        return new(parameters, Base64Url.EncodeToString(parameters.Q.X), Base64Url.EncodeToString(parameters.Q.Y));
    }

    internal override void Sign(ReadOnlySpan<byte> data, Span<byte> signature)
    {
        if (!_idle.TryTake(out ECDsa? key))
        {
            key = ECDsa.Create(_parameters);
        }
        key.SignData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        _idle.Add(key);
    }
}

internal sealed class RsaSigningKey : SigningKey
{
    private readonly RSAParameters _parameters;
    private readonly ConcurrentBag<RSA> _idle = [];

    private RsaSigningKey(RSAParameters parameters, string n, string e)
        : base(
            "RS256",
            $$"""{"e":"{{e}}","kty":"RSA","n":"{{n}}"}""",
            $$"""
            "kty":"RSA","n":"{{n}}","e":"{{e}}"
            """
        ) => _parameters = parameters;

    internal override int SignatureBytes => _parameters.Modulus!.Length;
    internal override bool IsQuick => false;

    public static RsaSigningKey From(RSA key)
    {
        RSAParameters parameters = key.ExportParameters(includePrivateParameters: true);
        return new(
            parameters,
            Base64Url.EncodeToString(parameters.Modulus),
            Base64Url.EncodeToString(parameters.Exponent)
        );
    }

    internal override void Sign(ReadOnlySpan<byte> data, Span<byte> signature)
    {
        if (!_idle.TryTake(out RSA? key))
        {
            key = RSA.Create(_parameters);
        }
        key.SignData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        _idle.Add(key);
    }
}
