using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Checks of PEM material; causes are worded as operators know them from the reference.</summary>
internal static class PemPair
{
    /// <summary>Whether chain and key are readable and belong together.</summary>
    /// <param name="notAfter">End of the leaf's validity.</param>
    public static bool Check(
        ReadOnlySpan<byte> certificate,
        ReadOnlySpan<byte> key,
        out DateTime notAfter,
        out string cause
    )
    {
        notAfter = default;
        string chain = Encoding.UTF8.GetString(certificate);
        string secret = Encoding.UTF8.GetString(key);
        cause =
            !chain.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal)
                ? "tls: failed to find any PEM data in certificate input"
            : !secret.Contains("PRIVATE KEY-----", StringComparison.Ordinal)
                ? "tls: failed to find any PEM data in key input"
            : secret.Contains("-----BEGIN ENCRYPTED PRIVATE KEY-----", StringComparison.Ordinal)
                ? "tls: the private key is encrypted; remove its passphrase"
            : "";
        if (cause.Length > 0)
        {
            return false;
        }
        try
        {
            using X509Certificate2 leaf = X509Certificate2.CreateFromPem(chain);
            using X509Certificate2 pair = X509Certificate2.CreateFromPem(chain, secret);
            notAfter = leaf.NotAfter.ToUniversalTime();
            return true;
        }
        catch (ArgumentException)
        {
            cause = "tls: private key does not match public key";
        }
        catch (CryptographicException e)
        {
            cause = $"tls: {e.Message}";
        }
        return false;
    }

    /// <summary>Whether the text holds certificates, all of them readable.</summary>
    public static bool CheckBundle(ReadOnlySpan<byte> bundle, out string cause)
    {
        try
        {
            X509Certificate2Collection certificates = [];
            certificates.ImportFromPem(Encoding.UTF8.GetString(bundle));
            cause = certificates.Count == 0 ? "no certificates found" : "";
            foreach (X509Certificate2 certificate in certificates)
            {
                certificate.Dispose();
            }
        }
        catch (CryptographicException e)
        {
            cause = e.Message;
        }
        return cause.Length == 0;
    }
}
