using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Pomerium.Fast.Auth.Identity;

/// <summary>The P-256 key of deployments that configure none: every instance with the same secret has the same (config 8.1).</summary>
internal static class DerivedSigningKey
{
    private const int StreamBytes = 40; // 64 bits more than the order: the remainder is not skewed

    private static readonly BigInteger Order = BigInteger.Parse(
        "00FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
        NumberStyles.HexNumber,
        CultureInfo.InvariantCulture
    );

    public static SigningKey From(ReadOnlySpan<byte> sharedSecret)
    {
        byte[] stream = new byte[StreamBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, sharedSecret, stream, default, "derived-jwt-signing-key"u8);
        BigInteger x = new(stream, isUnsigned: true, isBigEndian: true);
        byte[] scalar = (BigInteger.Remainder(x, Order - 1) + 1).ToByteArray(isUnsigned: true, isBigEndian: true);
        byte[] d = new byte[32];
        scalar.CopyTo(d.AsSpan(32 - scalar.Length));
        using ECDsa key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = d });
        return EcSigningKey.From(key);
    }
}
