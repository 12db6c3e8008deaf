using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary>XChaCha20-Poly1305 with the nonce at the end: ciphertext, tag (16), nonce (24) (identity 0).</summary>
public static class Aead
{
    private const int NonceLength = 24;
    private const int TagLength = 16;

    public static byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associated)
    {
        byte[] nonce = RandomNumberGenerator.GetBytes(NonceLength);
        return Seal(key, nonce, plaintext, associated);
    }

    internal static byte[] Seal(
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> plaintext,
        ReadOnlySpan<byte> associated
    )
    {
        byte[] wire = new byte[plaintext.Length + TagLength + NonceLength];
        XChaCha20Poly1305 cipher = Make(encrypt: true, key, nonce, associated);
        int length = cipher.ProcessBytes(plaintext, wire);
        cipher.DoFinal(wire.AsSpan(length));
        nonce.CopyTo(wire.AsSpan(plaintext.Length + TagLength));
        return wire;
    }

    /// <summary>False, with the contract text of the fault, when it was not sealed with this key and data.</summary>
    public static bool TryOpen(
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> wire,
        ReadOnlySpan<byte> associated,
        [NotNullWhen(true)] out byte[]? plaintext,
        out string fault
    )
    {
        plaintext = null;
        if (wire.Length <= NonceLength)
        {
            fault = $"cryptutil: invalid input size: {wire.Length}";
            return false;
        }
        fault = "cryptutil: decryption failed (mismatched keys?)";
        ReadOnlySpan<byte> sealedBytes = wire[..^NonceLength];
        if (sealedBytes.Length < TagLength)
        {
            return false;
        }
        try
        {
            XChaCha20Poly1305 cipher = Make(encrypt: false, key, wire[^NonceLength..], associated);
            byte[] opened = new byte[cipher.GetOutputSize(sealedBytes.Length)];
            int length = cipher.ProcessBytes(sealedBytes, opened);
            length += cipher.DoFinal(opened.AsSpan(length));
            plaintext = opened.AsSpan(0, length).ToArray();
            fault = "";
            return true;
        }
        catch (InvalidCipherTextException)
        {
            return false;
        }
    }

    private static XChaCha20Poly1305 Make(
        bool encrypt,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> associated
    )
    {
        XChaCha20Poly1305 cipher = new();
        cipher.Init(encrypt, new ParametersWithIV(new KeyParameter(key), nonce));
        cipher.ProcessAadBytes(associated);
        return cipher;
    }
}
