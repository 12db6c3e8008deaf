using System.Net;
using BenchmarkDotNet.Attributes;
using Pomerium.Fast.Auth.Policy;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Kit.Policy;
using Pomerium.Fast.Micro.Scenes;

namespace Pomerium.Fast.Micro.Policy;

/// <summary>One decision (policy 7.5): five criteria with and without reasons, short and long lists, a subject seen for the first time.</summary>
[MemoryDiagnoser]
public class PolicyBenchmarks
{
    private readonly Exchange _exchange = StillExchange.Of(
        "GET",
        "/wiki/page?x=1",
        IPAddress.Parse("10.1.2.3"),
        DateTimeOffset.UnixEpoch
    );
    private readonly PolicySubject _subject = PolicyScene.Subject();
    private readonly PolicySet _five = PolicyScene.Set(reasons: true, PolicyScene.FiveCriteria());
    private readonly PolicySet _fiveSilent = PolicyScene.Set(reasons: false, PolicyScene.FiveCriteria());
    private readonly PolicySet _ten = PolicyScene.Set(reasons: true, PolicyScene.Users(10));
    private readonly PolicySet _hundredThousand = PolicyScene.Set(reasons: true, PolicyScene.Users(100_000));
    private readonly PolicySet _manyRoutes = PolicyScene.Set(
        reasons: true,
        [.. Enumerable.Repeat(PolicyScene.FiveCriteria(), 9_999), PolicyScene.FiveCriteria()]
    );

    [Benchmark(Baseline = true)]
    public Decision FiveCriteria() => _five.Evaluate(0, _exchange, _subject);

    [Benchmark]
    public Decision FiveCriteriaWithoutReasons() => _fiveSilent.Evaluate(0, _exchange, _subject);

    [Benchmark]
    public Decision FiveCriteriaAmongTenThousandRoutes() => _manyRoutes.Evaluate(9_999, _exchange, _subject);

    [Benchmark]
    public Decision TenUsers() => _ten.Evaluate(0, _exchange, _subject);

    [Benchmark]
    public Decision HundredThousandUsers() => _hundredThousand.Evaluate(0, _exchange, _subject);

    /// <summary>Includes making the subject and its bits, which allocates.</summary>
    [Benchmark]
    public Decision ColdSubject() => _five.Evaluate(0, _exchange, PolicyScene.Subject());
}
