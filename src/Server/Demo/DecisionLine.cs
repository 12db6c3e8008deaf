using System.Collections.Immutable;
using System.Text.Json;

namespace Pomerium.Fast.Server.Demo;

internal enum DecisionVerdict
{
    Allow,
    SignIn,
    Deny,
}

/// <summary>One decision as the authorize log tells it (telemetry spec 2.4, policy spec 9.1).</summary>
internal sealed record DecisionLine(
    DecisionVerdict Verdict,
    string Method,
    string Host,
    string Path,
    string Email,
    ImmutableArray<string> Reasons
)
{
    private const string Unauthenticated = "user-unauthenticated";

    /// <summary>Of an <c>authorize check</c> line; null for one about an internal page or without the fields.</summary>
    public static DecisionLine? From(JsonElement line)
    {
        bool allow = Flag(line, "allow");
        bool deny = Flag(line, "deny");
        ImmutableArray<string> allowWhy = ReasonsOf(line, allow ? "allow-why-true" : "allow-why-false");
        ImmutableArray<string> denyWhy = ReasonsOf(line, deny ? "deny-why-true" : "deny-why-false");
        if (allowWhy.Contains("pomerium-route", StringComparer.Ordinal))
        {
            return null;
        }
        // The order of policy spec 1.1: who must sign in first is no denial yet.
        bool signIn =
            allowWhy.Contains(Unauthenticated, StringComparer.Ordinal)
            || denyWhy.Contains(Unauthenticated, StringComparer.Ordinal);
        (DecisionVerdict verdict, ImmutableArray<string> reasons) =
            signIn ? (DecisionVerdict.SignIn, [Unauthenticated])
            : deny ? (DecisionVerdict.Deny, denyWhy)
            : allow ? (DecisionVerdict.Allow, allowWhy)
            : (DecisionVerdict.Deny, allowWhy);
        return new DecisionLine(
            verdict,
            Text(line, "method"),
            Text(line, "host"),
            Text(line, "path"),
            Text(line, "email"),
            reasons
        );
    }

    internal static string Text(JsonElement line, string name) =>
        line.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()!
            : "";

    private static bool Flag(JsonElement line, string name) =>
        line.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.True;

    private static ImmutableArray<string> ReasonsOf(JsonElement line, string name) =>
        line.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(static r => r.ToString())]
            : [];
}
