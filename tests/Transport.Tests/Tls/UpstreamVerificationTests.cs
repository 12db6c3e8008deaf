using Pomerium.Fast.Transport.Behaviour;
using Pomerium.Fast.Transport.Certificates;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Transport.Tls;

/// <summary>Whom a dialer believes (routing 9.7): verification is on unless switched off, names are alternative names.</summary>
public sealed class UpstreamVerificationTests
{
    private static readonly Authority Ca = new();
    private static readonly Authority Other = new("another CA");

    public static TheoryData<TransportKind, string, string, bool> Names
    {
        get
        {
            TheoryData<TransportKind, string, string, bool> rows = [];
            (string Certificate, string Asked, bool Good)[] table =
            [
                ("app.test", "app.test", true),
                ("app.test", "other.test", false),
                ("*.app.test", "a.app.test", true),
                ("*.app.test", "a.b.app.test", false),
                ("*.app.test", "app.test", false),
                ("127.0.0.1", "127.0.0.1", true),
                ("127.0.0.2", "127.0.0.1", false),
                ("app.test", "127.0.0.1", false),
                ("::1", "::1", true),
                ("a.app.test", "*.app.test", true),
                ("a.other.test", "*.app.test", false),
                ("leaf.test", "leaf", false), // the subject's common name counts for nothing
            ];
            foreach (TransportKind kind in Transports.All)
            {
                foreach ((string certificate, string asked, bool good) in table)
                {
                    rows.Add(kind, certificate, asked, good);
                }
            }
            return rows;
        }
    }

    public static TheoryData<TransportKind> Kinds => Transports.Rows;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Name_must_be_an_alternative_name(TransportKind kind, string certificate, string asked, bool good)
    {
        DialResult result = await Dial(kind, Ca.Issue(certificate), Ca.Client(asked));
        Assert.Equal(good ? DialFailure.None : DialFailure.CertificateRefused, result.Failure);
        Assert.Equal(good, result.Connection is not null);
        Assert.Equal(good, result.Detail is null);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Unknown_authority_is_refused_with_its_reason(TransportKind kind)
    {
        DialResult result = await Dial(kind, Other.Issue("app.test"), Ca.Client("app.test"));
        Assert.Equal(DialFailure.CertificateRefused, result.Failure);
        Assert.Contains("certificate", result.Detail, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Expired_certificate_is_refused(TransportKind kind)
    {
        DialResult result = await Dial(kind, Ca.IssueExpired("app.test"), Ca.Client("app.test"));
        Assert.Equal(DialFailure.CertificateRefused, result.Failure);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task System_roots_do_not_know_the_test_authority_and_additional_ones_may(TransportKind kind)
    {
        await using Rig rig = await Start(kind, Ca.Issue("app.test"));
        ClientTlsOptions system = new() { ServerName = "app.test" };
        Assert.Equal(DialFailure.CertificateRefused, (await rig.Dial(system)).Failure);
        Assert.Equal(DialFailure.None, (await rig.Dial(system with { AdditionalRootsPem = [Ca.Pem] })).Failure);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Custom_authority_replaces_all_others(TransportKind kind)
    {
        await using Rig rig = await Start(kind, Ca.Issue("app.test"));
        ClientTlsOptions options = new()
        {
            ServerName = "app.test",
            AdditionalRootsPem = [Ca.Pem],
            OnlyRootsPem = Other.Pem,
        };
        Assert.Equal(DialFailure.CertificateRefused, (await rig.Dial(options)).Failure);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Skipping_accepts_any_certificate_and_name(TransportKind kind)
    {
        await using Rig rig = await Start(kind, Other.IssueExpired("other.test"));
        DialResult result = await rig.Dial(Ca.Client("app.test") with { SkipVerify = true });
        Assert.Equal(DialFailure.None, result.Failure);
        ITlsFeature facts = await rig.On(_ => Task.FromResult(result.Connection!.Features.Get<ITlsFeature>()!));
        Assert.Equal("TLSv1.3", facts.Protocol);
        Assert.False(facts.PeerCertificate.IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Server_sees_the_name_that_was_dialed(TransportKind kind)
    {
        TaskCompletionSource<ITlsFeature> seen = new();
        await using Rig rig = await Rig.StartAsync(
            kind,
            c =>
            {
                seen.SetResult(c.Features.Get<ITlsFeature>()!);
                return Task.CompletedTask;
            },
            Authority.Serve(Ca.Issue("app.test"))
        );
        Assert.Equal(DialFailure.None, (await rig.Dial(Ca.Client("App.Test"))).Failure);
        ITlsFeature facts = await seen.Task.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal("app.test", facts.ServerName);
        Assert.Equal("http/1.1", facts.Alpn);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Plain_server_is_a_failure_of_tls(TransportKind kind)
    {
        await using Rig rig = await Rig.StartAsync(
            kind,
            static async c =>
            {
                await Rig.Send(c, "220 mail.test ESMTP\r\n");
                await c.DisposeAsync();
            }
        );
        Assert.Equal(DialFailure.TlsFailed, (await rig.Dial(Ca.Client("app.test"))).Failure);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Silent_server_times_out(TransportKind kind)
    {
        await using Rig rig = await Rig.StartAsync(kind, static _ => Task.CompletedTask);
        DialResult result = await rig.Dial(Ca.Client("app.test"), TimeSpan.FromMilliseconds(100));
        Assert.Equal(DialFailure.TimedOut, result.Failure);
    }

    private static Task<Rig> Start(TransportKind kind, CertificateSource certificate) =>
        Rig.StartAsync(kind, Rig.Echo, Authority.Serve(certificate));

    private static async Task<DialResult> Dial(TransportKind kind, CertificateSource shown, ClientTlsOptions options)
    {
        using StrangeUpstream upstream = new(shown);
        using LoopGroup loops = LoopGroup.Start(1, kind);
        return await OnLoop.Run(
            loops.Loops[0],
            async l => await l.DialAsync(new DialOptions { EndPoint = upstream.EndPoint, Tls = options })
        );
    }
}
