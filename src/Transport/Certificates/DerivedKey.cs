using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Pomerium.Fast.Transport.Certificates;

/// <summary>P-256 keys that every process with the same secret derives alike (config 8.2).</summary>
internal static class DerivedKey
{
    public const byte AuthorityKey = 0;
    public const byte ServerKey = 2;
    private const int StreamBytes = 40;

    private static readonly BigInteger Order = BigInteger.Parse(
        "00FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
        NumberStyles.HexNumber,
        CultureInfo.InvariantCulture
    );

    /// <param name="type">What the key is for: keeps keys of one secret apart.</param>
    /// <param name="domain">Host name of a server key; empty for the CA.</param>
    public static ECDsa Create(byte type, ReadOnlySpan<byte> secret, string domain = "")
    {
        byte[] material =
        [
            type,
            .. secret,
            0,
            .. domain.Length > 0 ? [.. Encoding.UTF8.GetBytes(domain), 0] : Array.Empty<byte>(),
        ];
        byte[] stream = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, StreamBytes, salt: null, info: null);
        BigInteger x = new(stream, isUnsigned: true, isBigEndian: true);
        byte[] d = (BigInteger.Remainder(x, Order - 1) + 1).ToByteArray(isUnsigned: true, isBigEndian: true);
        byte[] padded = new byte[32];
        d.CopyTo(padded.AsSpan(32 - d.Length));
        return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = padded });
    }
}
