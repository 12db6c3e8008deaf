using System.Security.Cryptography;
using System.Text;
using Pomerium.Fast.Config.Binding;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Private keys of the identity assertion (identity 6.6): EC on P-256 or RSA, PEM or base64 of PEM.</summary>
internal static class SigningKeyRules
{
    private const int RsaBitsMin = 2048;
    private const string P256 = "1.2.840.10045.3.1.7";
    private const string MakeOne = "make one with: openssl ecparam -genkey -name prime256v1 -noout";

    // DER of OBJECT IDENTIFIER 1.3.101.112.
    private static readonly byte[] Ed25519 = [0x06, 0x03, 0x2B, 0x65, 0x70];

    public static ReadOnlyMemory<byte>? Read(RuleContext context)
    {
        OptionReader options = context.Options;
        string key = options.Has("signing_key_file") ? "signing_key_file" : "signing_key";
        byte[]? content =
            options.Has("signing_key_file") ? context.ReadFile(options, key, "config: invalid signing_key_file: ")
            : options.Text(key) is { } text ? Encoding.UTF8.GetBytes(text)
            : null;
        if (content is null)
        {
            return null;
        }
        string pem = Encoding.UTF8.GetString(content);
        if (!pem.Contains("-----BEGIN", StringComparison.Ordinal))
        {
            if (!Base64Converter.TryConvert(pem.Trim(), out content, out string cause))
            {
                options.Error(key, "invalid-signing-key", $"config: invalid signing key: {cause}", MakeOne, "");
                return null;
            }
            pem = Encoding.UTF8.GetString(content);
        }
        if (Check(pem) is { } problem)
        {
            options.Error(key, "invalid-signing-key", problem, MakeOne, "");
            return null;
        }
        return content;
    }

    private static string? Check(string pem)
    {
        int keys = 0;
        ReadOnlySpan<char> rest = pem;
        while (PemEncoding.TryFind(rest, out PemFields fields))
        {
            ReadOnlySpan<char> label = rest[fields.Label];
            // openssl ecparam writes the curve in front of the key.
            if (label is not "EC PARAMETERS")
            {
                keys++;
                if (CheckOne(label, rest[fields.Location], rest[fields.Base64Data]) is { } problem)
                {
                    return problem;
                }
            }
            rest = rest[fields.Location.End..];
        }
        return keys == 0 ? "config: invalid signing key: no PEM block found" : null;
    }

    private static string? CheckOne(ReadOnlySpan<char> label, ReadOnlySpan<char> block, ReadOnlySpan<char> data)
    {
        if (label is not ("EC PRIVATE KEY" or "RSA PRIVATE KEY" or "PRIVATE KEY"))
        {
            return $"couldn't generate signing key: unsupported PEM block \"{label}\"";
        }
        byte[] der = Convert.FromBase64String(data.ToString());
        try
        {
            if (label is "PRIVATE KEY" && der.AsSpan().IndexOf(Ed25519) is >= 0 and < 16)
            {
                return "couldn't generate signing key: crypto: unsupported key type for signing: ed25519.PrivateKey";
            }
            return label is "RSA PRIVATE KEY" || (label is "PRIVATE KEY" && !IsEc(der))
                ? CheckRsa(block)
                : CheckEc(block);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return $"couldn't generate signing key: {e.Message}";
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }
    }

    // DER of OBJECT IDENTIFIER 1.2.840.10045.2.1 (id-ecPublicKey) in the algorithm of the wrapper.
    private static bool IsEc(byte[] pkcs8) =>
        pkcs8
            .AsSpan(0, Math.Min(40, pkcs8.Length))
            .IndexOf((byte[])[0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]) >= 0;

    private static string? CheckEc(ReadOnlySpan<char> block)
    {
        using ECDsa key = ECDsa.Create();
        key.ImportFromPem(block);
        return key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value is P256
            ? null
            : "signing_key: only the P-256 curve is supported";
    }

    private static string? CheckRsa(ReadOnlySpan<char> block)
    {
        using RSA key = RSA.Create();
        key.ImportFromPem(block);
        return key.KeySize >= RsaBitsMin
            ? null
            : $"signing_key: an RSA key needs at least {RsaBitsMin} bits, got {key.KeySize}";
    }
}
