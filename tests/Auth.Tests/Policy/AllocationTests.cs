using System.Net;
using Pomerium.Fast.Auth.Policy;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Kit.Policy;

namespace Pomerium.Fast.Auth.Tests.Policy;

/// <summary>Judging with a warm subject allocates nothing (policy 7.5).</summary>
public sealed class AllocationTests
{
    private const string FiveCriteria = """
        allow:
          and:
            - domain: example.com
            - claim/groups: admins
            - http_path: {starts_with: /caf}
            - source_ip: [10.0.0.0/8, 192.0.2.0/24]
        deny:
          or:
            - http_method: {in: [DELETE, PUT, PATCH]}
        """;

    private const string Times = """
        allow:
          and:
            - date: {after: 2020-01-01}
            - day_of_week: {days: "*", timezone: Europe/Oslo}
            - time_of_day: {timezone: America/New_York, after: "0:00", before: "23:59:59"}
        """;

    [Theory]
    [InlineData(FiveCriteria, "/caf", PolicyOutcome.Allow)]
    [InlineData(FiveCriteria, "/caf%C3%A9/%ff%20", PolicyOutcome.Allow)]
    [InlineData(Times, "/", PolicyOutcome.Allow)]
    [InlineData("deny: {or: [claim/groups: admins]}", "/", PolicyOutcome.Deny)]
    public void A_signed_in_request_costs_no_bytes(string policy, string path, PolicyOutcome outcome) =>
        CostsNothing(policy, path, PolicyKit.Subject("u1", "alice@example.com", ("groups", ["admins"])), outcome);

    [Theory]
    [InlineData("allow: {or: [accept: true]}", PolicyOutcome.Allow)]
    [InlineData("allow: {or: [email: alice@example.com]}", PolicyOutcome.Login)]
    public void An_anonymous_request_costs_no_bytes(string policy, PolicyOutcome outcome) =>
        CostsNothing(policy, "/", PolicySubject.Anonymous, outcome);

    [Fact]
    public void A_long_path_with_escapes_costs_no_bytes() =>
        CostsNothing(
            FiveCriteria,
            "/caf" + string.Concat(Enumerable.Repeat("%20", 500)),
            PolicyKit.Subject("u1", "alice@example.com", ("groups", ["admins"])),
            PolicyOutcome.Allow
        );

    private static void CostsNothing(string policy, string path, PolicySubject subject, PolicyOutcome outcome)
    {
        Exchange exchange = StillExchange.Of("GET", path, IPAddress.Parse("10.1.2.3"), DateTimeOffset.UtcNow);
        foreach (
            PolicySet set in new[]
            {
                PolicyKit.Set(PolicyKit.Route(policy)),
                PolicyKit.SetWithoutReasons(PolicyKit.Route(policy)),
            }
        )
        {
            Assert.Equal(outcome, set.Evaluate(0, exchange, subject).Outcome);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1_000; i++)
            {
                set.Evaluate(0, exchange, subject);
            }
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }
}
