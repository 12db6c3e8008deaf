using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Policy;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Tests.Policy;

public sealed class PolicyReaderTests
{
    [Fact]
    public void A_list_of_rules_becomes_operators_with_places()
    {
        PolicyDocument document = Accepted(
            """
            - allow:
                or:
                  - claim/groups: admins
                  - email: {ends_with: "@x.test"}
                action: ignored
            - deny:
                not:
                  - http_method: GET
            """
        );

        Assert.Equal(
            [
                (PolicyAction.Allow, PolicyOperator.Or, "routes[2].policy[0].allow.or", 2),
                (PolicyAction.Deny, PolicyOperator.Not, "routes[2].policy[1].deny.not", 7),
            ],
            document.Rules.Select(static r => (r.Action, r.Operator, r.Path, r.Mark.Line))
        );
        PolicyCriterion claim = document.Rules[0].Criteria[0];
        Assert.Equal(("claim", "groups", "admins"), (claim.Name, claim.SubPath, claim.Data.Text));
        Assert.Equal("routes[2].policy[0].allow.or[0]", claim.Path);
        Assert.Equal(new Mark("p.yaml", 3, 9), claim.Mark);
    }

    [Theory]
    [InlineData("allow: {or: [domain: {is: example.com}]}")]
    [InlineData("[{allow: {or: [domain: {is: example.com}]}}]")]
    [InlineData("""{"allow": {"or": [{"domain": {"is": "example.com"}}]}}""")]
    [InlineData("""'[{"allow": {"or": [{"domain": {"is": "example.com"}}]}}]'""")]
    public void The_forms_of_a_document_mean_the_same(string text)
    {
        PolicyRule rule = Assert.Single(Accepted(text).Rules);

        Assert.Equal("domain", Assert.Single(rule.Criteria).Name);
    }

    [Fact]
    public void Places_inside_a_text_are_the_place_of_the_text()
    {
        List<Diagnostic> found = Read("""'{"allow": {"or": [{"nobody": 1}]}}'""", out PolicyDocument? document);

        Assert.Null(document);
        Assert.Equal(new Mark("p.yaml", 1, 1), Assert.Single(found).Mark);
    }

    [Fact]
    public void A_text_with_broken_json_says_so()
    {
        List<Diagnostic> found = Read("""'{"allow": '""", out PolicyDocument? document);

        Assert.Null(document);
        Assert.StartsWith("invalid rules in policy: json: ", Assert.Single(found).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    public void Nothing_is_no_policy(string text) => Assert.Empty(Read(text, out _));

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("allow: {}")]
    [InlineData("allow: {or: [], and: []}")]
    [InlineData("rego: []")]
    [InlineData("rego: ''")]
    public void Empty_parts_are_as_if_absent(string text) => Assert.Empty(Accepted(text).Rules);

    [Fact]
    public void All_errors_are_reported_in_the_order_of_the_text()
    {
        List<Diagnostic> found = Read(
            """
            - permit: {or: []}
            - allow:
                or:
                  - emails: x
                  - email: {like: x}
                  - email: a@x.test
                    email: b@x.test
                xor: []
            - 5
            """,
            out PolicyDocument? document
        );

        Assert.Null(document);
        Assert.Equal(
            [
                (
                    1,
                    "routes[2].policy[0]",
                    "invalid rules in policy: invalid action in rule: unsupported action: permit"
                ),
                (4, "routes[2].policy[1].allow.or[0]", "unknown policy criterion: emails (did you mean \"email\"?)"),
                (
                    5,
                    "routes[2].policy[1].allow.or[1]",
                    "error generating criterion rules: unknown string matcher operator: like"
                ),
                (7, "routes[2].policy[1].allow.or[2]", "duplicate key \"email\""),
                (
                    8,
                    "routes[2].policy[1].allow",
                    "unsupported conditional \"xor\", only and, or, not, nor and action are allowed (did you mean \"or\"?)"
                ),
                (9, "routes[2].policy[2]", "invalid rules in policy: unsupported type for rules array: Number"),
            ],
            found.Select(static d => (d.Mark.Line, d.Path, d.Message))
        );
        Assert.All(found, static d => Assert.NotEmpty(d.Remedy));
    }

    [Theory]
    [InlineData("Allow: {or: []}", "(did you mean \"allow\"?)")]
    [InlineData("allow: {OR: []}", "(did you mean \"or\"?)")]
    [InlineData("allow: {or: [Email: x]}", "(did you mean \"email\"?)")]
    [InlineData("allow: {or: [email: {Is: x}]}", "(did you mean \"is\"?)")]
    [InlineData("allow: {or: [claim/g: {hass: x}]}", "(did you mean \"has\"?)")]
    [InlineData("allow: {or: [http-path: /]}", "(did you mean \"http_path\"?)")]
    [InlineData("allow: {or: [device: {aproved: true}]}", "(did you mean \"approved\"?)")]
    public void Words_are_exact_and_the_right_spelling_is_offered(string text, string hint) =>
        Assert.Contains(
            Read(text, out _),
            d => d.Severity == Severity.Error && d.Message.EndsWith(hint, StringComparison.Ordinal)
        );

    [Theory]
    [InlineData("allow: {or: [groups: x]}", "write \"claim/groups\"")]
    [InlineData("allow: {or: [record: x]}", "commercial console")]
    [InlineData("allow: {or: [claim/groups: [a, b]]}", "one criterion for each value")]
    [InlineData("allow: {or: [email: {in: a}]}", "write a list")]
    [InlineData("rego: 'package x'", "claim made by the identity provider")]
    public void The_remedy_says_what_to_write(string text, string remedy) =>
        Assert.Contains(Read(text, out _), d => d.Remedy.Contains(remedy, StringComparison.Ordinal));

    [Theory]
    [InlineData("allow: {and: [email: a@x.test], not: [domain: x.test]}", "joined with or")]
    [InlineData("allow: {or: [accept: true, email: a@x.test]}", "never matter")]
    [InlineData("allow: {and: [reject: true, email: a@x.test]}", "never holds")]
    [InlineData("allow: {or: [accept: false]}", "the data of accept is ignored")]
    [InlineData("allow: {or: [pomerium_routes: true]}", "pomerium_routes never holds")]
    [InlineData("allow: {or: [email/x: a@x.test]}", "email has no sub-path")]
    [InlineData("allow: {or: [email: alice]}", "without @")]
    [InlineData("allow: {or: [domain: {in: [X.test]}]}", "compared with their case")]
    [InlineData("allow: {or: [domain: '@x.test']}", "never contains @")]
    [InlineData("allow: {or: [email: 5]}", "a value of type Number never equals a text")]
    [InlineData("allow: {or: [user: {in: [a, 1]}]}", "a value of type Number never equals a text")]
    [InlineData("allow: {or: [user: [a, b]]}", "a value of type Array never equals a text")]
    [InlineData("allow: {or: [date: {after: 2026-02-01, before: 2026-01-01}]}", "date never holds")]
    [InlineData("allow: {or: [time_of_day: {after: '9:00'}]}", "is in UTC")]
    [InlineData("allow: {or: [device: {type: any}]}", "not yet effective in this build")]
    [InlineData("allow: {or: [client_certificate: {san_dns: a.test}]}", "not yet effective in this build")]
    [InlineData("deny: {or: [invalid_client_certificate: true]}", "not yet effective in this build")]
    public void What_is_odd_is_warned_of_and_kept(string text, string message)
    {
        List<Diagnostic> found = Read(text, out PolicyDocument? document);

        Assert.NotNull(document);
        Diagnostic warning = Assert.Single(found);
        Assert.Equal(Severity.Warning, warning.Severity);
        Assert.Contains(message, warning.Message, StringComparison.Ordinal);
        Assert.NotEmpty(warning.Remedy);
        Assert.Equal(1, warning.Mark.Line);
    }

    [Theory]
    [InlineData("allow: {or: [email: {is: ''}]}")]
    [InlineData("allow: {or: [domain: {ends_with: x.test}]}")]
    [InlineData("deny: {not: [source_ip: [10.0.0.0/8, '::1']]}")]
    [InlineData("allow: {and: [claim/groups: {has: a, exclude: b}, claim/level: 5]}")]
    public void What_is_usual_is_not_warned_of(string text) => Assert.NotEmpty(Accepted(text, warnings: false).Rules);

    [Theory]
    [InlineData("rego: [allow = true]", true)]
    [InlineData("rego: package x", true)]
    [InlineData("sub_policies: [{rego: [allow = true]}]", true)]
    [InlineData("rego: []", false)]
    [InlineData("sub_policies: [{rego: []}]", false)]
    public void Rego_is_refused_wherever_a_route_may_have_it(string text, bool refused)
    {
        LoadResult result = ConfigLoader.Load(
            new ConfigSources
            {
                InlineYaml =
                    $"{{insecure_server: true, routes: [{{from: https://a.test, to: http://b.test, {text}}}]}}",
            }
        );

        Assert.Equal(refused, result.Snapshot is null);
        Assert.Equal(
            refused ? 1 : 0,
            result.Diagnostics.Count(static d =>
                d.Message.StartsWith("rego policies are not supported", StringComparison.Ordinal)
            )
        );
        Assert.DoesNotContain(result.Diagnostics, static d => d.Code is "unknown-key");
    }

    private static PolicyDocument Accepted(string text, bool warnings = true)
    {
        List<Diagnostic> found = Read(text, out PolicyDocument? document);
        Assert.DoesNotContain(found, d => d.Severity == Severity.Error || !warnings);
        return Assert.IsType<PolicyDocument>(document);
    }

    private static List<Diagnostic> Read(string text, out PolicyDocument? document)
    {
        List<Diagnostic> found = [];
        ConfigNode node = Assert.IsType<ConfigNode>(YamlSource.Parse(text, "p.yaml", found));
        document = PolicyReader.Read(node, "routes[2].policy", found);
        return found;
    }
}
