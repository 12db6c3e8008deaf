using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Pomerium.Fast.Transport.Behaviour;
using Pomerium.Fast.Transport.Certificates;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Transport.Tls;

/// <summary>What a client that is not ours sees of a TLS listener (routing 10, hardening 8).</summary>
public sealed class ServerCertificateTests
{
    private static readonly Authority Ca = new();

    public static TheoryData<TransportKind> Kinds => Transports.Rows;

    public static TheoryData<TransportKind, SslProtocols> Versions
    {
        get
        {
            TheoryData<TransportKind, SslProtocols> rows = [];
            foreach (TransportKind kind in Transports.All)
            {
                rows.Add(kind, SslProtocols.Tls12);
                rows.Add(kind, SslProtocols.Tls13);
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Both_versions_are_served(TransportKind kind, SslProtocols version)
    {
        await using Rig rig = await Rig.StartAsync(kind, Rig.Echo, Authority.Serve(Ca.Issue("app.test")));
        Seen seen = await Connect(
            rig,
            new SslClientAuthenticationOptions { TargetHost = "app.test", EnabledSslProtocols = version }
        );
        Assert.Equal(version, seen.Protocol);
        Assert.Equal("hello", seen.Echo);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Name_decides_the_certificate(TransportKind kind)
    {
        await using Rig rig = await Rig.StartAsync(
            kind,
            Rig.Echo,
            Authority.Serve(Ca.Issue("first.test"), Ca.Issue("app.test"), Ca.Issue("*.wild.test"))
        );
        Assert.Equal(["app.test"], (await Connect(rig, "app.test")).Names);
        Assert.Equal(["app.test"], (await Connect(rig, "APP.TEST")).Names);
        Assert.Equal(["*.wild.test"], (await Connect(rig, "a.wild.test")).Names);
        Seen deep = await Connect(rig, "a.b.wild.test");
        Assert.Equal(["a.b.wild.test"], deep.Names);
        Assert.Equal("O=Pomerium, CN=Pomerium PSK CA", deep.Issuer);
        Assert.Equal(["wild.test"], (await Connect(rig, "wild.test")).Names);
        Assert.Equal(["first.test"], (await Connect(rig, "127.0.0.1")).Names);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Without_any_certificate_the_asked_name_gets_one(TransportKind kind)
    {
        await using Rig rig = await Rig.StartAsync(kind, Rig.Echo, Authority.Serve());
        Seen seen = await Connect(rig, "asked.test");
        Assert.Equal(["asked.test"], seen.Names);
        Assert.Equal("hello", seen.Echo);
        Assert.Equal(["*"], (await Connect(rig, "")).Names);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Elliptic_key_is_preferred_and_the_first_of_a_type_wins(TransportKind kind)
    {
        CertificateSource second = Ca.Issue("app.test", "second.test");
        await using Rig rig = await Rig.StartAsync(
            kind,
            Rig.Echo,
            Authority.Serve(Ca.IssueRsa("app.test"), Ca.Issue("app.test"), second)
        );
        Seen seen = await Connect(rig, "app.test");
        Assert.True(seen.IsElliptic);
        Assert.Equal(["app.test"], seen.Names);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Rsa_alone_is_served(TransportKind kind)
    {
        await using Rig rig = await Rig.StartAsync(kind, Rig.Echo, Authority.Serve(Ca.IssueRsa("app.test")));
        Assert.False((await Connect(rig, "app.test")).IsElliptic);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Replaced_certificates_serve_the_next_handshake_and_spare_open_connections(TransportKind kind)
    {
        ServerTlsOptions options = Authority.Serve(Ca.Issue("app.test"));
        await using Rig rig = await Rig.StartAsync(kind, Rig.Echo, options);
        await rig.On(async loop =>
        {
            DialResult old = await rig.DialOn(loop, Ca.Client("app.test"));
            options.Certificates.Replace(Authority.Index(Ca.Issue("other.test")));
            await Rig.Send(old.Connection!, "still");
            Assert.Equal("still", await Rig.Take(old.Connection!, 5));
            await old.Connection!.DisposeAsync();
        });
        Assert.Equal(["other.test"], (await Connect(rig, "other.test")).Names);
        Assert.Equal("O=Pomerium, CN=Pomerium PSK CA", (await Connect(rig, "app.test")).Issuer);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Protocol_is_agreed_by_alpn_and_a_stranger_is_refused(TransportKind kind)
    {
        await using Rig rig = await Rig.StartAsync(kind, Rig.Echo, Authority.Serve(Ca.Issue("app.test")));
        Seen agreed = await Connect(
            rig,
            new SslClientAuthenticationOptions
            {
                TargetHost = "app.test",
                ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            }
        );
        Assert.Equal("http/1.1", agreed.Alpn);
        await Assert.ThrowsAnyAsync<Exception>(() =>
            Connect(
                rig,
                new SslClientAuthenticationOptions
                {
                    TargetHost = "app.test",
                    ApplicationProtocols = [new SslApplicationProtocol("ftp")],
                }
            )
        );
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Garbage_ends_its_connection_only(TransportKind kind)
    {
        await using Rig rig = await Rig.StartAsync(kind, Rig.Echo, Authority.Serve(Ca.Issue("app.test")));
        string[] garbage =
        [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "\0\0\0\0\0\0\0\0",
            new string('\xff', 40_000),
            "EHLO a\r\n",
            "\x16\x03\x01\xff\xff\x01",
        ];
        foreach (string bytes in garbage)
        {
            using TcpClient client = new();
            await client.ConnectAsync(rig.Address);
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(System.Text.Encoding.Latin1.GetBytes(bytes));
            await Drain(stream);
        }
        Assert.Equal("hello", (await Connect(rig, "app.test")).Echo);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Silent_client_is_cut_after_the_handshake_timeout(TransportKind kind)
    {
        await using Rig rig = await Rig.StartAsync(
            kind,
            Rig.Echo,
            Authority.Serve(Ca.Issue("app.test")),
            o => o with { HandshakeTimeout = TimeSpan.FromMilliseconds(100) }
        );
        using TcpClient client = new();
        await client.ConnectAsync(rig.Address);
        await Drain(client.GetStream()).WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal("hello", (await Connect(rig, "app.test")).Echo);
    }

    private static async Task Drain(NetworkStream stream)
    {
        byte[] buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer) > 0) { }
        }
        catch (IOException)
        {
            // A reset is an end as well.
        }
    }

    private static Task<Seen> Connect(Rig rig, string name) =>
        Connect(rig, new SslClientAuthenticationOptions { TargetHost = name });

    private static async Task<Seen> Connect(Rig rig, SslClientAuthenticationOptions options)
    {
        options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        using TcpClient client = new();
        await client.ConnectAsync(rig.Address);
        using SslStream stream = new(client.GetStream());
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(10));
        await stream.AuthenticateAsClientAsync(options, patience.Token);
        await stream.WriteAsync("hello"u8.ToArray(), patience.Token);
        byte[] echo = new byte[5];
        await stream.ReadExactlyAsync(echo, patience.Token);
        X509Certificate2 certificate = (X509Certificate2)stream.RemoteCertificate!;
        return new Seen(
            [.. CertificateNames.Of(certificate)],
            certificate.Issuer,
            certificate.GetECDsaPublicKey() is not null,
            stream.SslProtocol,
            stream.NegotiatedApplicationProtocol.ToString(),
            System.Text.Encoding.ASCII.GetString(echo)
        );
    }

    private sealed record Seen(
        string[] Names,
        string Issuer,
        bool IsElliptic,
        SslProtocols Protocol,
        string Alpn,
        string Echo
    );
}
