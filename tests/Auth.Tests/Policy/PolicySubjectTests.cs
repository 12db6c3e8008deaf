using Pomerium.Fast.Auth.Policy;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Tests.Policy;

public sealed class PolicySubjectTests
{
    [Theory]
    [InlineData("alice@example.com", "example.com")]
    [InlineData("a@b@c", "b")]
    [InlineData("a@", "")]
    [InlineData("@x", "x")]
    [InlineData("alice", null)]
    [InlineData("", null)]
    public void Domain_is_between_the_first_and_the_second_at(string email, string? domain) =>
        Assert.Equal(domain, PolicyKit.Subject("u", email).Domain);

    [Fact]
    public void Claims_of_the_user_come_before_those_of_the_session()
    {
        PolicySubject subject = new(
            PolicyKit.Session("u", ("groups", ["a"]), ("name", ["Alice"]), ("org.team", ["core"])),
            new UserRecord { Id = "u", Claims = PolicyKit.Claims(("groups", []), ("level", [5.0])) }
        );
        object?[] Values(string path) => [.. subject.Claim(path)];

        Assert.Empty(Values("groups"));
        Assert.Equal(["Alice"], Values("name"));
        Assert.Equal([5.0], Values("level"));
        Assert.Equal(["core"], Values("org/team"));
        Assert.Equal(["core"], Values("org.team"));
        Assert.Empty(Values("missing"));
    }

    [Fact]
    public void Without_a_user_record_there_is_no_email()
    {
        PolicySubject subject = new(PolicyKit.Session("u"), null);

        Assert.Equal("u", subject.UserId);
        Assert.Equal("", subject.Email);
        Assert.False(subject.IsAnonymous);
    }

    [Theory]
    [InlineData("user: octocat", true)]
    [InlineData("user: node1", true)]
    [InlineData("user: {in: [x, octocat]}", true)]
    [InlineData("user: {starts_with: oct}", true)]
    [InlineData("user: {not: octocat}", false)]
    [InlineData("user: {not: node1}", false)]
    [InlineData("user: {not_in: [x]}", true)]
    [InlineData("user: {starts_with: node, ends_with: cat}", true)]
    [InlineData("email: octocat", false)]
    public void A_login_name_counts_as_user_id_too(string criterion, bool holds)
    {
        PolicySubject subject = new(PolicyKit.Session("node1"), null, login: "octocat");
        PolicySet set = PolicyKit.Set(PolicyKit.Route($"allow: {{and: [{criterion}]}}"));

        Assert.Equal(holds, set.Evaluate(0, Requests.Get(), subject).IsAllowed);
    }

    [Fact]
    public async Task Verdicts_found_by_several_threads_are_all_kept()
    {
        const int Criteria = 700;
        SubjectVerdicts verdicts = new(1, Criteria);

        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Task.Run(() =>
                    {
                        for (int i = 0; i < Criteria; i++)
                        {
                            verdicts.Add(i, i % 3 == 0);
                        }
                    })
                )
        );

        Assert.Equal(
            Enumerable.Range(0, Criteria).Select(static i => (bool?)(i % 3 == 0)),
            Enumerable.Range(0, Criteria).Select(i => verdicts[i])
        );
    }

    [Fact]
    public void A_verdict_is_unknown_until_it_is_found()
    {
        SubjectVerdicts verdicts = new(1, 300);
        verdicts.Add(299, false);

        Assert.Null(verdicts[0]);
        Assert.Null(verdicts[298]);
        Assert.False(verdicts[299]);
    }
}
