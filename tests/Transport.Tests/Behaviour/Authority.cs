using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Pomerium.Fast.Transport.Certificates;
using Pomerium.Fast.Transport.Tls;

namespace Pomerium.Fast.Transport.Behaviour;

/// <summary>A certification authority for tests.</summary>
internal sealed class Authority
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;

    public Authority(string name = "test CA")
    {
        CertificateRequest request = new($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-2), DateTimeOffset.UtcNow.AddYears(5));
    }

    public ReadOnlyMemory<byte> Pem => Encoding.ASCII.GetBytes(_certificate.ExportCertificatePem());

    public CertificateSource Issue(params string[] names) => Issue(false, 1, names);

    public CertificateSource IssueRsa(params string[] names) => Issue(true, 1, names);

    public CertificateSource IssueExpired(params string[] names) => Issue(false, -1, names);

    private CertificateSource Issue(bool rsa, int endsInDays, string[] names)
    {
        using ECDsa ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using RSA rsaKey = RSA.Create(2048);
        CertificateRequest request = rsa
            ? new CertificateRequest("CN=leaf", rsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest("CN=leaf", ec, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder alternatives = new();
        foreach (string name in names)
        {
            if (IPAddress.TryParse(name, out IPAddress? address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }
        request.CertificateExtensions.Add(alternatives.Build());
        using X509Certificate2 certificate = request.Create(
            _certificate.SubjectName,
            X509SignatureGenerator.CreateForECDsa(_key),
            DateTimeOffset.UtcNow.AddYears(-1),
            DateTimeOffset.UtcNow.AddDays(endsInDays),
            RandomNumberGenerator.GetBytes(16)
        );
        return new CertificateSource(
            Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()),
            Encoding.ASCII.GetBytes(rsa ? rsaKey.ExportPkcs8PrivateKeyPem() : ec.ExportPkcs8PrivateKeyPem()),
            "certificate",
            "key"
        );
    }

    public static FallbackCertificates Fallback(TimeProvider? time = null) =>
        new(new byte[32], time ?? TimeProvider.System);

    public static CertificateIndex Index(params CertificateSource[] sources)
    {
        (CertificateIndex? index, ImmutableArray<CertificateProblem> problems) = CertificateIndex.Build(
            sources,
            Fallback()
        );
        Assert.Empty(problems);
        return index!;
    }

    public static ServerTlsOptions Serve(params CertificateSource[] sources) =>
        new() { Certificates = new CertificateStore(Index(sources)) };

    /// <summary>Trusts this authority alone.</summary>
    public ClientTlsOptions Client(string name) => new() { ServerName = name, OnlyRootsPem = Pem };
}
