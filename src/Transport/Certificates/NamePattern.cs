using System.IO.Enumeration;
using System.Security.Cryptography.X509Certificates;

namespace Pomerium.Fast.Transport.Certificates;

/// <summary>Certificate names against an expected name that holds <c>*</c> (routing 9.7).</summary>
internal static class NamePattern
{
    public static bool Matches(string pattern, ReadOnlyMemory<byte> certificateDer)
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(certificateDer.Span);
        return CertificateNames
            .Of(certificate)
            .Any(name =>
                FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true)
                || string.Equals(pattern, name, StringComparison.OrdinalIgnoreCase)
            );
    }
}
