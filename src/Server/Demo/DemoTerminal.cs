using System.Globalization;
using System.Text;
using Pomerium.Fast.Server.Demo.DevelopmentProvider;

namespace Pomerium.Fast.Server.Demo;

/// <summary>What the demo says: once at the start, then a line for each decision. Colours only on a terminal.</summary>
internal sealed class DemoTerminal(TextWriter output, bool colours, TimeProvider time)
{
    public const string Banner = "DEMO - anyone can sign in as anyone";
    private const string Green = "32";
    private const string Red = "31";
    private const string Yellow = "33";
    private const string Bold = "1";
    private const string Dim = "2";
    private readonly Lock _lines = new();

    public void Started(DemoStart start)
    {
        DemoHosts hosts = start.Hosts;
        StringBuilder text = new();
        Line(text, Paint(Yellow, new string('=', 60)));
        Line(text, Paint(Yellow, Banner));
        Line(text, Paint(Yellow, "This machine only; everything is forgotten at the end."));
        Line(text, Paint(Yellow, new string('=', 60)));
        Line(text);
        Line(text, "The proxy runs with this configuration:");
        foreach (string line in start.Config.TrimEnd().Split('\n'))
        {
            Line(text, Paint(Dim, "    " + line));
        }
        Line(text);
        if (start.AddressTaken is { } taken)
        {
            Line(text, Paint(Yellow, $"{taken} is in use, so the proxy listens on port {hosts.Port} instead."));
            Line(text);
        }
        Line(text, Paint(Bold, "Open in a browser"));
        Row(text, hosts.SignedIn, "any signed-in user");
        Row(text, hosts.Admin, $"only members of the group '{Person.AdminGroup}'");
        Row(text, hosts.Deny, "everybody but the guest, by a deny rule");
        Row(text, hosts.Public, "no sign-in");
        Row(text, hosts.SignedIn + "/.pomerium/", "who the proxy thinks you are; sign out");
        Line(text);
        Line(text, Paint(Bold, "Sign in as"));
        foreach (Person person in Person.Known)
        {
            string groups = person.Groups.IsEmpty ? "no groups" : "groups " + string.Join(", ", person.Groups);
            Row(text, person.Name, $"{person.Email}, {groups}");
        }
        Line(text);
        Trust(text, start);
        Line(text, "Decisions, as they happen (Ctrl+C ends the demo):");
        Write(text);
    }

    public void Decided(DecisionLine decision)
    {
        (string word, string colour) = decision.Verdict switch
        {
            DecisionVerdict.Allow => ("ALLOW  ", Green),
            DecisionVerdict.SignIn => ("SIGN IN", Yellow),
            _ => ("DENY   ", Red),
        };
        StringBuilder text = new();
        Line(
            text,
            $"{Clock()} {Paint(colour, word)} {Clean(decision.Method)} {Clean(decision.Host)}{Clean(decision.Path)}"
                + $"  {(decision.Email.Length == 0 ? "-" : Clean(decision.Email))}"
                + $"  {Paint(Dim, Clean(DecisionWords.Of(decision.Reasons)))}"
        );
        Write(text);
    }

    public void Warn(string message)
    {
        StringBuilder text = new();
        Line(text, $"{Clock()} {Paint(Yellow, "NOTE   ")} {Clean(message)}");
        Write(text);
    }

    private void Trust(StringBuilder text, DemoStart start)
    {
        if (start.AuthorityPath is not { } authority)
        {
            Line(text, "The certificate is self-signed: the browser warns once a host, which is expected here.");
            Line(text, $"    curl -k {start.Hosts.Public}/");
            Line(text, "Start with --state DIR to keep a development CA that can be trusted instead.");
            Line(text);
            return;
        }
        Line(text, Paint(Bold, "Trust the development CA (it can vouch for localhost names only)"));
        Line(text, $"    curl --cacert {authority} {start.Hosts.Public}/");
        Line(
            text,
            $"    Debian     sudo cp {authority} /usr/local/share/ca-certificates/pomerium-fast-demo.crt && sudo update-ca-certificates"
        );
        Line(text, $"    Chromium   certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n pomerium-fast-demo -i {authority}");
        Line(text, $"    macOS      security add-trusted-cert -k ~/Library/Keychains/login.keychain-db {authority}");
        Line(text, "    Firefox    Settings, Certificates, View Certificates, Authorities, Import");
        Line(text);
    }

    private static void Row(StringBuilder text, string left, string right) => Line(text, $"    {left, -46} {right}");

    private static void Line(StringBuilder text, string line = "") => text.Append(line).Append('\n');

    private string Clock() => time.GetLocalNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    private string Paint(string colour, string text) => colours ? $"\e[{colour}m{text}\e[0m" : text;

    /// <summary>Hosts and paths are a stranger's text: no control character of theirs reaches the terminal.</summary>
    private static string Clean(string text) =>
        text.AsSpan().IndexOfAnyInRange('\u007f', '\u009f') < 0 && !text.Any(char.IsControl)
            ? text
            : string.Concat(text.Select(static c => char.IsControl(c) ? '?' : c));

    private void Write(StringBuilder text)
    {
        lock (_lines)
        {
            output.Write(text);
            output.Flush();
        }
    }
}

/// <param name="Config">As shown: without secrets.</param>
/// <param name="AddressTaken">The wanted address when it was in use, or null.</param>
/// <param name="AuthorityPath">File of the development CA, or null.</param>
internal sealed record DemoStart(DemoHosts Hosts, string Config, string? AddressTaken, string? AuthorityPath);
