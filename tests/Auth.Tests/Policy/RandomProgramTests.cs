using System.Net;
using CsCheck;
using Pomerium.Fast.Auth.Policy;
using Pomerium.Fast.Config.Policy;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Kit.Policy;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Tests.Policy;

/// <summary>The fast evaluator against the plain one on programs and requests that nobody thought of (policy 7.4).</summary>
public sealed class RandomProgramTests
{
    private static readonly PolicyCriterion[] Criteria =
    [
        .. PolicyKit
            .Document(
                """
                allow:
                  or:
                    - accept: true
                    - reject: true
                    - pomerium_routes: true
                    - authenticated_user: true
                    - user: u1
                    - user: {in: [u2, u3]}
                    - user: {not: alice}
                    - user: {starts_with: u, not_in: [u9]}
                    - email: alice@example.com
                    - email: {is: bob@example.com}
                    - email: {not: bob@example.com}
                    - email: {ends_with: "@example.com", contains: li}
                    - email: ""
                    - domain: example.com
                    - domain: {in: [example.com, other.test]}
                    - domain: {not: example.com}
                    - claim/groups: admins
                    - claim/groups: {has: eng}
                    - claim/groups: {is: eng}
                    - claim/groups: {exclude: guests}
                    - claim/level: 5
                    - claim/level: {has: 6, exclude: 5}
                    - claim/org/team: true
                    - claim/org/team: null
                    - device: {type: any}
                    - client_certificate: {fingerprint: []}
                    - invalid_client_certificate: true
                    - http_method: GET
                    - http_method: {not_in: [GET, HEAD]}
                    - http_path: /a b
                    - http_path: {starts_with: /admin}
                    - http_path: {not: /}
                    - cors_preflight: true
                    - source_ip: 10.0.0.0/8
                    - source_ip: [192.0.2.7, 2001:db8::/32]
                    - date: {after: 2026-01-01}
                    - day_of_week: mon-fri
                    - day_of_week: {days: sat, timezone: Asia/Tokyo}
                    - time_of_day: {timezone: America/New_York, after: "22:00", before: "6:00"}
                """
            )
            .Rules[0]
            .Criteria,
    ];

    private static readonly PolicySubject[] Subjects =
    [
        PolicySubject.Anonymous,
        PolicyKit.Subject("u1", "alice@example.com", ("groups", ["admins", "eng"]), ("level", [5.0])),
        PolicyKit.Subject("u2", "", ("groups", ["eng"]), ("level", [6.0, 7.0]), ("org.team", [true, null])),
        new(PolicyKit.Session("u9"), new UserRecord { Id = "u9", Email = "x@other.test" }, login: "alice"),
        PolicyKit.Subject("", "odd@@example.com"),
    ];

    private static readonly Gen<Exchange> Requests = Gen.Select(
        OneOf("GET", "POST", "OPTIONS", "CONNECT"),
        OneOf("/", "/a%20b", "/admin/x?y", "/caf%C3%A9", "/%ff"),
        OneOf("10.1.2.3", "192.0.2.7", "2001:db8::5", "::1"),
        Gen.Long[0, 4L * 365 * 24 * 3600],
        Gen.Bool,
        static (method, path, ip, second, cors) =>
            StillExchange.Of(
                method,
                path,
                IPAddress.Parse(ip),
                DateTimeOffset
                    .Parse("2024-01-01T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture)
                    .AddSeconds(second),
                cors ? [("Origin", "https://a.test"), ("Access-Control-Request-Method", "PUT")] : []
            )
    );

    private static readonly Gen<PolicyRule> Rules = Gen.Select(
        Gen.Enum<PolicyAction>(),
        Gen.Enum<PolicyOperator>(),
        OneOf(Criteria).Array[1, 6],
        static (action, op, criteria) => new PolicyRule(action, op, [.. criteria], "policy", default)
    );

    private static readonly Gen<RouteConfig> Routes = Gen.Select(
        Rules.Array[0, 5],
        OneOf<string[]>([], [], ["u1", "bob@example.com"]),
        OneOf<string[]>([], [], ["example.com"]),
        Gen.Int[0, 9],
        static (rules, users, domains, flags) =>
            PolicyKit.Route() with
            {
                Policy = rules.Length == 0 ? null : new PolicyDocument([.. rules]),
                AllowedUsers = [.. users],
                AllowedDomains = [.. domains],
                AllowPublicUnauthenticatedAccess = flags == 1,
                AllowAnyAuthenticatedUser = flags == 2,
                CorsAllowPreflight = flags == 3,
            }
    );

    [Fact]
    public void Evaluators_agree()
    {
        Gen.Select(Routes.Array[1, 3], Requests.Array[8])
            .Sample(
                static (routes, requests) =>
                {
                    PolicySet set = PolicyKit.Set(routes);
                    PolicySet silent = PolicyKit.SetWithoutReasons(routes);
                    for (int route = 0; route < routes.Length; route++)
                    {
                        foreach (Exchange request in requests)
                        {
                            Agree(set, silent, route, request);
                        }
                    }
                },
                // Two routes, eight requests and five subjects each: 10^5 decisions.
                iter: 1_250
            );
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static void Agree(PolicySet set, PolicySet silent, int route, Exchange request)
    {
        foreach (PolicySubject subject in Subjects)
        {
            Decision plain = set.Explain(route, request, subject).Decision;
            Assert.Equal(plain, set.Evaluate(route, request, subject));
            Decision quick = silent.Evaluate(route, request, subject);
            Assert.Equal(plain.Outcome, quick.Outcome);
            Assert.Equal(plain.Status, quick.Status);
        }
    }
}
