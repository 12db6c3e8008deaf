using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Pomerium.Fast.Server.Tests.Composition;

/// <summary>Names without a configured certificate (routing 10.3).</summary>
public sealed class GeneratedCertificateTests
{
    [Fact]
    public async Task A_generated_certificate_is_warned_of_once_a_name()
    {
        string yaml = ProxyRig
            .Yaml("", ProxyRig.Public("a.test", 1))
            .Replace("server: true", "server: false", StringComparison.Ordinal);
        await using ProxyRig rig = await ProxyRig.StartAsync(yaml);
        foreach (string name in new[] { "one.test", "one.test", "two.test", "ONE.test" })
        {
            using TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, rig.Port);
            await using SslStream tls = new(client.GetStream());
            string? subject = null;
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = name,
                    RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                    {
                        subject = certificate?.Subject;
                        return !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch);
                    },
                }
            );
            Assert.Equal("O=Pomerium", subject);
        }
        await rig.Log.FindAsync(Message, "\"tls-sni-hostname\":\"two.test\"");
        Assert.Equal(2, rig.Log.Of(Message).Length);
        Assert.All(rig.Log.Of(Message), static l => Assert.Contains("\"level\":\"warn\"", l, StringComparison.Ordinal));
    }

    private const string Message =
        "no certificate fits the name a client asked for: one was generated, which browsers do not trust";
}
