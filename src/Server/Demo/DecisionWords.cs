using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Pomerium.Fast.Server.Demo;

/// <summary>Reasons of the policy language (policy spec 3) in words.</summary>
internal static class DecisionWords
{
    private static readonly FrozenDictionary<string, string> Words = new Dictionary<string, string>(
        StringComparer.Ordinal
    )
    {
        ["accept"] = "the route is public",
        ["reject"] = "the route refuses everybody",
        ["user-ok"] = "the user is signed in or named by the policy",
        ["user-unauthorized"] = "the policy does not name this user",
        ["user-unauthenticated"] = "nobody is signed in",
        ["email-ok"] = "the policy names this e-mail address",
        ["email-unauthorized"] = "the policy does not name this e-mail address",
        ["domain-ok"] = "the policy names the domain of the e-mail address",
        ["domain-unauthorized"] = "the policy does not name the domain of the e-mail address",
        ["claim-ok"] = "the user has the claim that the policy names",
        ["claim-unauthorized"] = "the user lacks the claim that the policy names",
        ["http-method-ok"] = "the policy names this method",
        ["http-method-unauthorized"] = "the policy does not name this method",
        ["http-path-ok"] = "the policy names this path",
        ["http-path-unauthorized"] = "the policy does not name this path",
        ["source-ip-ok"] = "the policy names the client's address",
        ["source-ip-unauthorized"] = "the policy does not name the client's address",
        ["cors-request"] = "it is a CORS preflight",
        ["non-cors-request"] = "it is no CORS preflight",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static string Of(ImmutableArray<string> reasons) =>
        reasons.IsEmpty
            ? "no rule of the policy applies"
            : string.Join("; ", reasons.Select(static r => $"{Words.GetValueOrDefault(r, r)} ({r})"));
}
