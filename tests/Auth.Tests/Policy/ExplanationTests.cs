using System.Text.RegularExpressions;
using Pomerium.Fast.Auth.Policy;
using Pomerium.Fast.Auth.Policy.Explain;

namespace Pomerium.Fast.Auth.Tests.Policy;

public sealed partial class ExplanationTests
{
    private static readonly PolicySubject Alice = PolicyKit.Subject(
        "u1",
        "alice@example.com",
        ("groups", ["eng", "ops"])
    );

    [Fact]
    public void The_tree_names_each_criterion_and_what_it_saw()
    {
        PolicySet set = PolicyKit.Set(
            PolicyKit.Route(
                """
                allow:
                  and:
                    - domain: example.com
                    - claim/groups: admins
                deny:
                  not:
                    - http_path: /wiki
                """
            )
        );

        Explanation explanation = set.Explain(0, Requests.Get("/wiki?x=1"), Alice);

        Assert.Equal(PolicyOutcome.Deny, explanation.Decision.Outcome);
        Assert.Equal(
            [
                ("domain", true, Reasons.DomainOk, "alice@example.com"),
                ("claim", false, Reasons.ClaimUnauthorized, "[eng, ops]"),
                ("http_path", false, Reasons.HttpPathOk, "/wiki"),
            ],
            explanation
                .Rules.SelectMany(static r => r.Criteria)
                .Select(static c => (c.Criterion.Name, c.Holds, c.Reason, c.Seen))
        );
    }

    [Fact]
    public void Reason_names_are_those_of_the_bits_in_ordinal_order()
    {
        Reasons[] single = [.. Enum.GetValues<Reasons>().Where(static r => ulong.IsPow2((ulong)r))];

        Assert.Equal(ReasonNames.Count, single.Length);
        Assert.Equal(
            single.Select(static r => Capital().Replace(r.ToString(), "-$0").ToLowerInvariant()),
            single.Select(static r => Assert.Single(ReasonNames.Of(r)))
        );
        IReadOnlyList<string> all = ReasonNames.Of((Reasons)((1UL << ReasonNames.Count) - 1));
        Assert.Equal(all.Order(StringComparer.Ordinal), all);
    }

    [Theory]
    [InlineData("allow: {or: [email: bob@example.com]}", "Your e-mail address does not have access.")]
    [InlineData(
        "allow: {or: [accept: true]}\ndeny: {or: [email: alice@example.com]}",
        "Your e-mail address is excluded."
    )]
    [InlineData(
        "allow: {and: [claim/groups: admins, domain: example.com]}",
        "Your account is not in a group or role that has access."
    )]
    [InlineData("allow: {or: [source_ip: 10.0.0.0/8]}", "Your network address does not have access.")]
    [InlineData("allow: {or: [reject: true]}", "The rules of this page do not admit the request.")]
    public void A_refusal_is_put_into_words(string policy, string text)
    {
        Decision decision = PolicyKit.Set(PolicyKit.Route(policy)).Evaluate(0, Requests.Get(), Alice);

        Assert.Equal(text, Assert.Single(ReasonTexts.Of(decision)));
        Assert.NotEmpty(ReasonTexts.NextStep(decision));
    }

    [Fact]
    public void A_route_without_rules_gives_no_reason_but_a_next_step()
    {
        Decision decision = PolicyKit.Set(PolicyKit.Route()).Evaluate(0, Requests.Get(), Alice);

        Assert.Equal(403, decision.Status);
        Assert.Empty(ReasonTexts.Of(decision));
        Assert.Equal("Ask the administrator of this site for access.", ReasonTexts.NextStep(decision));
    }

    [GeneratedRegex("(?<!^)[A-Z]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Capital();
}
