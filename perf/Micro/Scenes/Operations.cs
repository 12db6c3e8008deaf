using System.Net;
using Pomerium.Fast.Auth.Policy;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.Kit.Policy;
using Pomerium.Fast.Kit.Proxy;

namespace Pomerium.Fast.Micro.Scenes;

/// <summary>
/// The operations of a request by name, each ready to be repeated in the steady state: benchmarks time them, and a
/// test holds them to <c>budgets.json</c>.
/// </summary>
internal static class Operations
{
    public const string HelloRequest = "GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: t\r\n\r\n";
    public const string HelloAnswer =
        "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Tue, 01 Jan 2030 00:00:00 GMT\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello";

    public static IReadOnlyDictionary<string, Func<Action>> All { get; } =
        new Dictionary<string, Func<Action>>(StringComparer.Ordinal)
        {
            ["head parse, two lines"] = static () => Repeat(new HeadScene().ParseShort),
            ["head parse, browser"] = static () => Repeat(new HeadScene().ParseBrowser),
            ["route match, 10 hosts"] = static () => Repeat(RouteScene.Hosts(10).Match),
            ["route match, 1000 hosts"] = static () => Repeat(RouteScene.Hosts(1_000).Match),
            ["route match, 10000 hosts"] = static () => Repeat(RouteScene.Hosts(10_000).Match),
            ["route match, 1000 prefixes of one host"] = static () => Repeat(RouteScene.Prefixes(1_000).Match),
            ["route match, 10000 prefixes of one host"] = static () => Repeat(RouteScene.Prefixes(10_000).Match),
            ["session, public route"] = static () => Handle(static s => s.Request("public.example.com", null)),
            ["session, policy, claims and assertion"] = static () =>
                Handle(static s => s.Request("app.example.com", s.Handles[0])),
            ["policy, five criteria"] = Policy,
            ["exchange, whole, in memory"] = static () => new ExchangeWire(HelloRequest, HelloAnswer).Run,
            ["exchange, public route of a protected proxy"] = static () =>
                new AuthScene().Exchange("public.example.com", null).Run,
            ["exchange, session, policy, claims and assertion"] = static () => Authenticated(new AuthScene()),
        };

    private static Action Repeat<T>(Func<T> operation) => () => operation();

    private static Action Authenticated(AuthScene scene) => scene.Exchange("app.example.com", scene.Handles[0]).Run;

    private static Action Handle(Func<AuthScene, Exchange> request)
    {
        AuthScene scene = new();
        Exchange exchange = request(scene);
        return () =>
        {
            if (scene.Handle(exchange) != Step.Continue)
            {
                throw new InvalidOperationException("the scene is refused");
            }
        };
    }

    private static Action Policy()
    {
        Exchange exchange = StillExchange.Of(
            "GET",
            "/wiki/page?x=1",
            IPAddress.Parse("10.1.2.3"),
            DateTimeOffset.UnixEpoch
        );
        PolicySet set = PolicyScene.Set(reasons: true, PolicyScene.FiveCriteria());
        PolicySubject subject = PolicyScene.Subject();
        return () => set.Evaluate(0, exchange, subject);
    }
}
