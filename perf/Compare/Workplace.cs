using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Pomerium.Fast.Compare;

/// <summary>A temporary folder with the files that all peers share: one certificate, one token key.</summary>
internal sealed class Workplace : IDisposable
{
    public const string Host = "app.localhost";
    public const string AuthenticateHost = "authenticate.localhost";

    public Workplace()
    {
        Folder = Directory.CreateTempSubdirectory("pomerium-fast-compare").FullName;
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={Host}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(Host);
        names.AddDnsName(AuthenticateHost);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(30)
        );
        Certificate = Write("certificate.pem", certificate.ExportCertificatePem());
        Key = Write("key.pem", key.ExportPkcs8PrivateKeyPem());
        Both = Write("both.pem", certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        TokenKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        TokenPublicKey = Write("token.pem", TokenKey.ExportSubjectPublicKeyInfoPem());
    }

    public string Folder { get; }
    public string Certificate { get; }
    public string Key { get; }
    public string Both { get; }
    public ECDsa TokenKey { get; }
    public string TokenPublicKey { get; }

    public string Write(string name, string text)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        TokenKey.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
