using System.Collections.Immutable;
using Pomerium.Fast.Auth.Policy;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Auth.Tests.Policy;

public sealed class PolicyCompilerTests
{
    private static readonly PolicySubject Alice = PolicyKit.Subject("u1", "alice@example.com");

    [Fact]
    public void A_hundred_thousand_users_are_found_like_one()
    {
        ImmutableArray<string> users = [.. Enumerable.Range(0, 100_000).Select(static i => $"u{i}@example.com")];
        PolicySet set = PolicyKit.Set(PolicyKit.Route() with { AllowedUsers = users });

        Assert.True(set.Evaluate(0, Requests.Get(), PolicyKit.Subject("x", "u99999@example.com")).IsAllowed);
        Assert.True(set.Evaluate(0, Requests.Get(), PolicyKit.Subject("u7@example.com", "")).IsAllowed);
        Assert.False(set.Evaluate(0, Requests.Get(), PolicyKit.Subject("x", "U99999@example.com")).IsAllowed);
        Assert.Equal(2, set.CriteriaCount);
    }

    [Theory]
    [InlineData("allow: {or: [email: a@x.test, email: {is: b@x.test}, email: {in: [c@x.test]}, domain: x.test]}", 2)]
    [InlineData("allow: {not: [claim/groups: a, claim/groups: {has: b}, claim/roles: a]}", 2)]
    [InlineData("allow: {or: [email: a@x.test, email: {not: b@x.test}]}", 2)]
    [InlineData("allow: {and: [email: a@x.test, email: b@x.test]}", 2)]
    [InlineData("allow: {nor: [email: a@x.test, email: b@x.test]}", 2)]
    [InlineData("allow: {or: [accept: true, accept: true]}", 1)]
    public void Values_of_one_kind_become_one_criterion_where_one_of_them_is_enough(string policy, int criteria) =>
        Assert.Equal(criteria, PolicyKit.Set(PolicyKit.Route(policy)).CriteriaCount);

    [Fact]
    public void Routes_that_ask_the_same_share_the_question()
    {
        PolicySet set = PolicyKit.Set(
            PolicyKit.Route("allow: {or: [domain: a.test, domain: b.test]}"),
            PolicyKit.Route("deny: {or: [domain: {in: [b.test, a.test]}]}")
        );

        Assert.Equal(1, set.CriteriaCount);
    }

    [Fact]
    public void A_new_policy_set_judges_a_known_subject_anew()
    {
        PolicySet before = PolicyKit.Set(PolicyKit.Route("allow: {or: [domain: example.com]}"));
        PolicySet after = PolicyKit.Set(PolicyKit.Route("allow: {or: [domain: other.test]}"));

        Assert.True(before.Evaluate(0, Requests.Get(), Alice).IsAllowed);
        Assert.False(after.Evaluate(0, Requests.Get(), Alice).IsAllowed);
        Assert.True(before.Evaluate(0, Requests.Get(), Alice).IsAllowed);
    }

    [Fact]
    public void Escaped_slashes_that_a_path_criterion_would_decode_are_warned_of()
    {
        ConfigSnapshot snapshot = PolicyKit.Snapshot(PolicyKit.Route("allow: {or: [http_path: /a]}"));
        List<Diagnostic> diagnostics = [];

        PolicyCompiler.Compile(snapshot, diagnostics);
        Assert.Empty(diagnostics);
        PolicyCompiler.Compile(
            snapshot with
            {
                Requests = new RequestOptions { EscapedSlashes = EscapedSlashAction.KeepUnchanged },
            },
            diagnostics
        );

        Assert.Contains("%2F", Assert.Single(diagnostics).Message, StringComparison.Ordinal);
    }

    /// <summary>This build asks for no certificates; a route that relies on them must not open for that reason.</summary>
    [Theory]
    [InlineData("downstream_mtls", PolicyOutcome.Certificate)]
    [InlineData("routes[0].tls_downstream_client_ca", PolicyOutcome.Certificate)]
    [InlineData("cookie_name", PolicyOutcome.Allow)]
    public void Where_certificates_are_wanted_every_connection_counts_as_without(string key, PolicyOutcome outcome)
    {
        ConfigSnapshot snapshot = PolicyKit.Snapshot(
            PolicyKit.Route(
                """
                allow: {or: [accept: true]}
                deny: {or: [invalid_client_certificate: true]}
                """
            )
        ) with
        {
            Places = new Places(ImmutableDictionary<string, Mark>.Empty.Add(key, new Mark("c.yaml", 7, 1))),
        };
        PolicySet set = PolicyCompiler.Compile(snapshot, []);

        Decision decision = set.Evaluate(0, Requests.Get(), Alice);

        Assert.Equal(outcome, decision.Outcome);
        Assert.Equal(decision, set.Explain(0, Requests.Get(), Alice).Decision);
    }

    [Fact]
    public void Reasons_are_complete_only_where_somebody_reads_them()
    {
        RouteConfig route = PolicyKit.Route("allow: {or: [accept: true, domain: example.com]}");

        Assert.Equal(
            Reasons.Accept | Reasons.DomainOk,
            PolicyKit.Set(route).Evaluate(0, Requests.Get(), Alice).AllowReasons
        );
        Assert.Equal(Reasons.None, PolicyKit.SetWithoutReasons(route).Evaluate(0, Requests.Get(), Alice).AllowReasons);
    }
}
