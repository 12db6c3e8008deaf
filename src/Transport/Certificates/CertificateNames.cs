using System.Security.Cryptography.X509Certificates;

namespace Pomerium.Fast.Transport.Certificates;

/// <summary>The names that a certificate speaks for: DNS subject alternative names, and the common name only when there are none.</summary>
internal static class CertificateNames
{
    private const string SubjectAlternativeName = "2.5.29.17";

    public static IReadOnlyList<string> Of(X509Certificate2 certificate)
    {
        foreach (X509Extension extension in certificate.Extensions)
        {
            if (string.Equals(extension.Oid?.Value, SubjectAlternativeName, StringComparison.Ordinal))
            {
                X509SubjectAlternativeNameExtension names = new(extension.RawData);
                return
                [
                    .. names.EnumerateDnsNames().Select(static n => n.ToLowerInvariant()),
                    .. names.EnumerateIPAddresses().Select(static a => a.ToString()),
                ];
            }
        }
        string common = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        return common.Length > 0 ? [common.ToLowerInvariant()] : [];
    }
}
