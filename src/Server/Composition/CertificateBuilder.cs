using System.Collections.Immutable;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Transport.Certificates;

namespace Pomerium.Fast.Server.Composition;

/// <summary>From the configured certificate material to the index that listeners choose from by SNI.</summary>
internal static class CertificateBuilder
{
    /// <param name="fallback">Makes certificates for names that none of the configured ones fits.</param>
    public static (CertificateIndex? Index, ImmutableArray<Diagnostic> Problems) Build(
        ConfigSnapshot snapshot,
        FallbackCertificates fallback
    )
    {
        ImmutableArray<CertificateMaterial> materials = snapshot.Tls.Certificates;
        (CertificateIndex? index, ImmutableArray<CertificateProblem> problems) = CertificateIndex.Build(
            [
                .. materials.Select(static m => new CertificateSource(
                    m.CertificatePem,
                    m.KeyPem,
                    m.CertificateSource,
                    m.KeySource
                )),
            ],
            fallback
        );
        return (index, [.. problems.Select(p => Problem(snapshot, materials[p.Index], p.Message))]);
    }

    private static Diagnostic Problem(ConfigSnapshot snapshot, CertificateMaterial material, string message) =>
        new(
            "certificate-pair",
            Severity.Error,
            material.ConfigPath,
            snapshot.Places.Find(material.ConfigPath),
            message,
            material.CertificateSource,
            "give the key that belongs to the first certificate of the file, both as PEM"
        );
}
