using System.Security.Cryptography.X509Certificates;
using Pomerium.Fast.Server.Demo;

namespace Pomerium.Fast.Server.Tests.Demo;

public sealed class DemoCertificatesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("demo-state-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Authority_is_kept_and_vouches_for_a_new_certificate_at_each_start()
    {
        using DemoCertificates first = DemoCertificates.FromFolder(_folder, TimeProvider.System);
        using DemoCertificates second = DemoCertificates.FromFolder(_folder, TimeProvider.System);
        Assert.Equal(first.Root.Thumbprint, second.Root.Thumbprint);
        Assert.NotEqual(first.Server.Thumbprint, second.Server.Thumbprint);
        Assert.True(IsTrusted(second.Server, first.Root));
        Assert.Equal(first.AuthorityPath, Path.Combine(_folder, "demo-ca.pem"));
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void Key_of_the_authority_is_for_its_owner_only()
    {
        using DemoCertificates certificates = DemoCertificates.FromFolder(_folder, TimeProvider.System);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Path.Combine(_folder, "demo-ca-key.pem"))
        );
    }

    [Fact]
    public void Authority_can_vouch_for_localhost_names_only()
    {
        using DemoCertificates certificates = DemoCertificates.FromFolder(_folder, TimeProvider.System);
        using X509Certificate2 foreign = Issue(certificates.Root, "bank.example.com");
        Assert.False(IsTrusted(foreign, certificates.Root));
        using X509Certificate2 local = Issue(certificates.Root, "other.localhost");
        Assert.True(IsTrusted(local, certificates.Root));
    }

    [Fact]
    public void Self_signed_certificate_leaves_no_file()
    {
        using DemoCertificates certificates = DemoCertificates.SelfSigned(TimeProvider.System);
        Assert.Null(certificates.AuthorityPath);
        Assert.True(IsTrusted(certificates.Server, certificates.Root));
    }

    private static bool IsTrusted(X509Certificate2 certificate, X509Certificate2 root)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string name)
    {
        using System.Security.Cryptography.ECDsa key = System.Security.Cryptography.ECDsa.Create();
        CertificateRequest request = new("CN=test", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return request.Create(authority, now.AddMinutes(-1), now.AddDays(1), [1, 2, 3]);
    }
}
