using System.Collections.Immutable;
using System.Text;
using Pomerium.Fast.Transport.Behaviour;

namespace Pomerium.Fast.Transport.Certificates;

public sealed class CertificateIndexTests
{
    private static readonly Authority Ca = new();

    [Fact]
    public void Key_of_another_certificate_is_a_problem_that_names_both()
    {
        CertificateSource a = Ca.Issue("a.test");
        CertificateSource mixed = a with { KeyPem = Ca.Issue("b.test").KeyPem };
        (CertificateIndex? index, ImmutableArray<CertificateProblem> problems) = CertificateIndex.Build(
            [a, mixed],
            Authority.Fallback()
        );
        Assert.Null(index);
        CertificateProblem problem = Assert.Single(problems);
        Assert.Equal(1, problem.Index);
        Assert.Contains("certificate certificate and key key", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("a b")]
    [InlineData("a\0b")]
    [InlineData("\u00fcmlaut.test")]
    [InlineData("../etc")]
    public void What_is_no_host_name_counts_as_absent(string sni)
    {
        CertificateIndex index = Authority.Index(Ca.Issue("first.test"), Ca.Issue("second.test"));
        CertificateEntry entry = Assert.Single(index.Select(Encoding.UTF8.GetBytes(sni)));
        Assert.Same(Assert.Single(index.Select("first.test"u8)), entry);
    }

    [Fact]
    public void Random_names_cost_at_most_fifty_certificates_a_second()
    {
        FallbackCertificates fallback = Authority.Fallback(new StoppedClock());
        HashSet<CertificateEntry> entries = [];
        for (int i = 0; i < 80; i++)
        {
            entries.Add(fallback.For($"random-{i}.test")[0]);
        }
        Assert.Equal(FallbackCertificates.MadePerSecondMax + 1, entries.Count);
        Assert.Contains(fallback.CatchAll, entries);
        Assert.Same(fallback.For("random-0.test")[0], fallback.For("random-0.test")[0]);
    }

    [Theory]
    [InlineData("*.app.test", true)]
    [InlineData("a.*.test", true)]
    [InlineData("*.other.test", false)]
    public void Pattern_is_met_by_an_alternative_name(string pattern, bool met)
    {
        using System.Security.Cryptography.X509Certificates.X509Certificate2 certificate =
            System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(
                Encoding.ASCII.GetString(Ca.Issue("a.app.test").CertificatePem.Span)
            );
        Assert.Equal(met, NamePattern.Matches(pattern, certificate.RawDataMemory));
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }
}
