using System.Text;
using Pomerium.Fast.Server.Demo;

namespace Pomerium.Fast.Server.Tests.Demo;

public sealed class DemoTerminalTests : IDisposable
{
    private readonly StringWriter _output = new();

    public void Dispose() => _output.Dispose();

    [Fact]
    public void Start_names_urls_people_and_what_to_try_without_colours()
    {
        Plain().Started(new DemoStart(new DemoHosts(8443), "address: 127.0.0.1:8443\n", null, null));
        string text = _output.ToString();
        foreach (
            string part in (string[])
                [
                    DemoTerminal.Banner,
                    "address: 127.0.0.1:8443",
                    "https://demo.localhost:8443",
                    "https://admin.localhost:8443",
                    "https://deny.localhost:8443",
                    "https://public.localhost:8443",
                    "admin@example.com",
                    "guest@example.com",
                    "curl -k https://public.localhost:8443/",
                    "--state DIR",
                ]
        )
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
        }
        Assert.DoesNotContain('\e', text);
        Assert.DoesNotContain("is in use", text, StringComparison.Ordinal);
        Assert.True(
            text.IndexOf(DemoTerminal.Banner, StringComparison.Ordinal)
                < text.IndexOf("https://demo.localhost", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Taken_address_and_development_ca_are_said()
    {
        Plain().Started(new DemoStart(new DemoHosts(40123), "", "127.0.0.1:8443", "/state/demo-ca.pem"));
        string text = _output.ToString();
        Assert.Contains("127.0.0.1:8443 is in use", text, StringComparison.Ordinal);
        Assert.Contains("port 40123", text, StringComparison.Ordinal);
        Assert.Contains(
            "curl --cacert /state/demo-ca.pem https://public.localhost:40123/",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains("update-ca-certificates", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        """{"allow":true,"allow-why-true":["claim-ok"],"deny":false,"deny-why-false":[],"email":"admin@example.com"}""",
        "ALLOW   GET admin.localhost:8443/x  admin@example.com  the user has the claim that the policy names (claim-ok)"
    )]
    [InlineData(
        """{"allow":false,"allow-why-false":["claim-unauthorized"],"deny":false,"deny-why-false":[],"email":"guest@example.com"}""",
        "DENY    GET admin.localhost:8443/x  guest@example.com  the user lacks the claim that the policy names (claim-unauthorized)"
    )]
    [InlineData(
        """{"allow":true,"allow-why-true":["user-ok"],"deny":true,"deny-why-true":["email-ok"],"email":"guest@example.com"}""",
        "DENY    GET admin.localhost:8443/x  guest@example.com  the policy names this e-mail address (email-ok)"
    )]
    [InlineData(
        """{"allow":false,"allow-why-false":["user-unauthenticated"],"deny":false,"deny-why-false":[],"email":""}""",
        "SIGN IN GET admin.localhost:8443/x  -  nobody is signed in (user-unauthenticated)"
    )]
    [InlineData(
        """{"allow":false,"allow-why-false":[],"deny":false,"deny-why-false":[],"email":""}""",
        "DENY    GET admin.localhost:8443/x  -  no rule of the policy applies"
    )]
    public void Authorize_line_becomes_a_line_with_the_reason(string fields, string line)
    {
        Log(Plain(), Authorize(fields));
        Assert.Equal(line, _output.ToString().TrimEnd()["00:00:00 ".Length..]);
    }

    [Fact]
    public void Line_that_arrives_in_pieces_is_one_line()
    {
        using DemoLog log = new(Plain());
        foreach (byte b in Encoding.UTF8.GetBytes(Authorize("""{"allow":true,"allow-why-true":["accept"]}""")))
        {
            log.Write([b]);
        }
        Assert.Single(_output.ToString().TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("""{"level":"info","message":"http-request","path":"/"}""")]
    [InlineData("""{"level":"info","message":"authorize check","allow":true,"allow-why-true":["pomerium-route"]}""")]
    [InlineData("no json at all")]
    [InlineData("[]")]
    public void Other_lines_say_nothing(string line)
    {
        Log(Plain(), line + "\n");
        Assert.Equal("", _output.ToString());
    }

    [Fact]
    public void Warnings_and_errors_are_said_with_their_cause()
    {
        Log(Plain(), """{"level":"error","error":"no route to host","message":"cannot reach the provider"}""" + "\n");
        Assert.EndsWith(
            "NOTE    cannot reach the provider: no route to host\n",
            _output.ToString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Colours_are_for_terminals_and_a_strangers_escape_never_gets_there()
    {
        DemoTerminal terminal = new(_output, colours: true, TimeProvider.System);
        terminal.Decided(
            new DecisionLine(DecisionVerdict.Deny, "GET", "demo.localhost", "/\e[2J\r\n\u009b2J", "", ["reject"])
        );
        string text = _output.ToString();
        Assert.Contains("\e[31mDENY   \e[0m", text, StringComparison.Ordinal);
        Assert.Contains("demo.localhost/?[2J???2J", text, StringComparison.Ordinal);
    }

    private DemoTerminal Plain() => new(_output, colours: false, TimeProvider.System);

    private static void Log(DemoTerminal terminal, string text)
    {
        using DemoLog log = new(terminal);
        log.Write(Encoding.UTF8.GetBytes(text));
    }

    private static string Authorize(string fields) =>
        """{"level":"info","service":"authorize","method":"GET","host":"admin.localhost:8443","path":"/x","message":"authorize check","""
        + fields[1..]
        + "\n";
}
