using System.Text.Json;
using Pomerium.Fast.Auth.Policy;
using Pomerium.Fast.Auth.Policy.Explain;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Policy;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Auth.Tests.Policy;

/// <summary>The table of the policy spec, through reader, compiler and both evaluators.</summary>
public sealed class PolicyCaseTests
{
    // Each case belongs to the first group that claims it; what none claims is judged. Nothing is left out silently.
    private static readonly Func<PolicyCase, bool>[] Later = [static c => c.HasMtls, static c => c.HasDevice];

    public static TheoryData<PolicyCase> Certificates => [.. PolicyCase.All.Where(static c => Group(c) == 0)];
    public static TheoryData<PolicyCase> Devices => [.. PolicyCase.All.Where(static c => Group(c) == 1)];

    public static TheoryData<PolicyCase> Errors => [.. Now.Where(static c => c.ExpectedDecision is "config_error")];

    public static TheoryData<PolicyCase> Decisions =>
        [.. Now.Where(static c => c.ExpectedDecision is not "config_error")];

    private static IEnumerable<PolicyCase> Now => PolicyCase.All.Where(static c => Group(c) < 0);

    private static int Group(PolicyCase policy) => Array.FindIndex(Later, later => later(policy));

    [Theory]
    [MemberData(nameof(Errors))]
    public void Wrong_policies_are_refused_with_the_text_of_the_spec(PolicyCase policy)
    {
        List<Diagnostic> diagnostics = [];

        Assert.Null(policy.Load(diagnostics));

        string expected = policy.Expect.GetProperty("message_contains").GetString()!;
        Diagnostic error = Assert.Single(
            diagnostics,
            d => d.Severity == Severity.Error && d.Message.Contains(expected, StringComparison.Ordinal)
        );
        Assert.True(error.Mark.Line > 0);
        Assert.NotEmpty(error.Remedy);
    }

    [Theory]
    [MemberData(nameof(Decisions))]
    public void Decides_as_the_spec_says(PolicyCase policy)
    {
        List<Diagnostic> diagnostics = [];
        ConfigSnapshot? snapshot = policy.Load(diagnostics);
        Assert.DoesNotContain(diagnostics, static d => d.Severity == Severity.Error);
        PolicySubject subject = policy.Subject();
        Exchange exchange = policy.Exchange();

        Decision decision = PolicyCompiler.Compile(snapshot!, []).Evaluate(0, exchange, subject);

        Assert.Equal(policy.ExpectedDecision, Word(decision.Outcome));
        Assert.Equal(Reasons(policy.Expect), ReasonNames.Of(decision.Reasons));
        if (policy.Group is not "variants")
        {
            // The variants' statuses depend on what the client accepts; the handlers choose them.
            Assert.Equal(policy.Expect.GetProperty("status").GetInt32(), decision.Status);
        }
    }

    [Theory]
    [MemberData(nameof(Decisions))]
    public void Both_evaluators_agree_with_and_without_reasons(PolicyCase policy)
    {
        ConfigSnapshot snapshot = policy.Load([])!;
        PolicySubject subject = policy.Subject();
        Exchange exchange = policy.Exchange();
        PolicySet set = PolicyCompiler.Compile(snapshot, []);

        Decision fast = set.Evaluate(0, exchange, subject);

        Assert.Equal(set.Explain(0, exchange, subject).Decision, fast);
        Assert.Equal(fast, set.Evaluate(0, exchange, subject));
        Assert.Equal(fast.Outcome, PolicyKit.SetWithoutReasons(snapshot).Evaluate(0, exchange, subject).Outcome);
    }

    [Theory(Skip = "38 cases with client certificates: downstream mTLS is not in this build")]
    [MemberData(nameof(Certificates))]
    public void Certificate_cases(PolicyCase policy) => Decides_as_the_spec_says(policy);

    [Theory(Skip = "22 cases with registered devices: device identity is not in this build")]
    [MemberData(nameof(Devices))]
    public void Device_cases(PolicyCase policy) => Decides_as_the_spec_says(policy);

    [Fact]
    public void Every_case_is_judged_or_counted_as_later()
    {
        Assert.Equal(530, PolicyCase.All.Count());
        Assert.Equal((38, 22), (Count(Certificates), Count(Devices)));
        Assert.Equal(530 - 38 - 22, Count(Errors) + Count(Decisions));
    }

    private static int Count(IEnumerable<object[]> cases) => cases.Count();

    private static string Word(PolicyOutcome outcome) =>
        outcome switch
        {
            PolicyOutcome.Allow => "allow",
            PolicyOutcome.Login => "login",
            PolicyOutcome.Device => "device",
            PolicyOutcome.Certificate => "cert",
            _ => "deny",
        };

    private static IEnumerable<string> Reasons(JsonElement expect) =>
        expect.GetProperty("reasons").EnumerateArray().Select(static r => r.GetString()!);
}
