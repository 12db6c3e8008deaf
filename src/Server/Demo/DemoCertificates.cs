using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Pomerium.Fast.Server.Demo;

/// <summary>
/// The demo's certificate for its host names: self-signed and in memory only, or by a development CA that is kept in
/// a folder so that it can be trusted once. That CA is constrained to <c>localhost</c> (RFC 5280 4.2.1.10): whoever
/// steals its key cannot pretend to be anybody else.
/// </summary>
internal sealed class DemoCertificates : IDisposable
{
    private const string AuthorityFile = "demo-ca.pem";
    private const string AuthorityKeyFile = "demo-ca-key.pem";
    private static readonly TimeSpan Backdating = TimeSpan.FromHours(1);

    private DemoCertificates(X509Certificate2 root, X509Certificate2 server, string? authorityPath)
    {
        Root = root;
        Server = server;
        AuthorityPath = authorityPath;
    }

    /// <summary>What a client has to trust: the CA, or the certificate itself.</summary>
    public X509Certificate2 Root { get; }

    /// <summary>With its private key.</summary>
    public X509Certificate2 Server { get; }

    /// <summary>File of the CA's certificate; null without a state folder.</summary>
    public string? AuthorityPath { get; }

    public string ServerPem => Server.ExportCertificatePem() + "\n";

    public string ServerKeyPem
    {
        get
        {
            using ECDsa key = Server.GetECDsaPrivateKey()!;
            return key.ExportECPrivateKeyPem() + "\n";
        }
    }

    public static DemoCertificates SelfSigned(TimeProvider time)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        DateTimeOffset now = time.GetUtcNow();
        X509Certificate2 server = ServerRequest(key).CreateSelfSigned(now - Backdating, now.AddDays(2));
        return new DemoCertificates(server, server, authorityPath: null);
    }

    /// <summary>Takes the CA of the folder, or makes one there.</summary>
    /// <exception cref="IOException">The folder cannot be written or read.</exception>
    public static DemoCertificates FromFolder(string folder, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, AuthorityFile);
        string keyPath = Path.Combine(folder, AuthorityKeyFile);
        DateTimeOffset now = time.GetUtcNow();
        X509Certificate2 authority = Load(path, keyPath, now) ?? Make(path, keyPath, now);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 issued = ServerRequest(key)
            .Create(authority, now - Backdating, now.AddDays(30), RandomNumberGenerator.GetBytes(16));
        return new DemoCertificates(authority, issued.CopyWithPrivateKey(key), path);
    }

    public void Dispose()
    {
        Root.Dispose();
        Server.Dispose();
    }

    private static X509Certificate2? Load(string path, string keyPath, DateTimeOffset now)
    {
        if (!File.Exists(path) || !File.Exists(keyPath))
        {
            return null;
        }
        X509Certificate2 authority = X509Certificate2.CreateFromPemFile(path, keyPath);
        if (now.UtcDateTime.AddDays(30) < authority.NotAfter.ToUniversalTime())
        {
            return authority;
        }
        authority.Dispose();
        return null;
    }

    private static X509Certificate2 Make(string path, string keyPath, DateTimeOffset now)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=Pomerium.Fast demo CA (localhost only)", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(OnlyLocalhost());
        X509Certificate2 authority = request.CreateSelfSigned(now - Backdating, now.AddYears(2));
        WritePrivate(keyPath, key.ExportECPrivateKeyPem() + "\n");
        File.WriteAllText(path, authority.ExportCertificatePem() + "\n");
        return authority;
    }

    private static void WritePrivate(string path, string text)
    {
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        using StreamWriter writer = new(path, options);
        writer.Write(text);
    }

    private static CertificateRequest ServerRequest(ECDsa key)
    {
        CertificateRequest request = new("CN=Pomerium.Fast demo", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        foreach (string name in DemoHosts.Certified)
        {
            names.AddDnsName(name);
        }
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], critical: false)
        );
        return request;
    }

    /// <summary>Permitted subtrees: the DNS names below <c>localhost</c>, and 127.0.0.0/8 (RFC 5280 4.2.1.10).</summary>
    private static X509Extension OnlyLocalhost()
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            using (writer.PushSequence())
            {
                writer.WriteCharacterString(
                    UniversalTagNumber.IA5String,
                    "localhost",
                    new Asn1Tag(TagClass.ContextSpecific, 2)
                );
            }
            using (writer.PushSequence())
            {
                writer.WriteOctetString([127, 0, 0, 0, 255, 0, 0, 0], new Asn1Tag(TagClass.ContextSpecific, 7));
            }
        }
        return new X509Extension(new Oid("2.5.29.30", "nameConstraints"), writer.Encode(), critical: true);
    }
}
