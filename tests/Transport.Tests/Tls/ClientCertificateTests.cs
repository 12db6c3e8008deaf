using Pomerium.Fast.Transport.Behaviour;
using Pomerium.Fast.Transport.Certificates;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Transport.Tls;

public sealed class ClientCertificateTests
{
    private static readonly Authority Ca = new();

    [Theory]
    [MemberData(nameof(Transports.Rows), MemberType = typeof(Transports))]
    public async Task Upstream_that_asks_gets_the_client_certificate(TransportKind kind)
    {
        CertificateSource client = Ca.Issue("client.test");
        using StrangeUpstream upstream = new(Ca.Issue("app.test"), asksForCertificate: true);
        using LoopGroup loops = LoopGroup.Start(1, kind);
        DialResult result = await OnLoop.Run(
            loops.Loops[0],
            async l =>
                await l.DialAsync(
                    new DialOptions
                    {
                        EndPoint = upstream.EndPoint,
                        Tls = Ca.Client("app.test") with
                        {
                            ClientCertificatePem = client.CertificatePem,
                            ClientKeyPem = client.KeyPem,
                        },
                    }
                )
        );
        Assert.Equal(DialFailure.None, result.Failure);
        Assert.Equal("client.test", await upstream.ClientName.WaitAsync(TimeSpan.FromSeconds(10)));
    }
}
