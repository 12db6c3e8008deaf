using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;

namespace Pomerium.Fast.Server.ControlPlane;

/// <summary>The public key of the hosted sign-in flow, derived from the shared secret (identity 2.9); only published so far.</summary>
internal static class HpkeKey
{
    private const int KeyLength = 32;

    // RFC 9180 7.1.3, DeriveKeyPair of DHKEM(X25519, HKDF-SHA256).
    private static readonly byte[] Suite = [.. "KEM"u8, 0x00, 0x20];

    public static byte[] PublicOf(ReadOnlySpan<byte> sharedSecret)
    {
        byte[] seed = new byte[KeyLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, sharedSecret, seed, default, "pomerium/hpke"u8);
        byte[] labeled = [.. "HPKE-v1"u8, .. Suite, .. "dkp_prk"u8, .. seed];
        byte[] prk = HKDF.Extract(HashAlgorithmName.SHA256, labeled, []);
        byte[] info = [0x00, KeyLength, .. "HPKE-v1"u8, .. Suite, .. "sk"u8];
        byte[] secret = HKDF.Expand(HashAlgorithmName.SHA256, prk, KeyLength, info);
        return new X25519PrivateKeyParameters(secret).GeneratePublicKey().GetEncoded();
    }
}
