using System.Collections.Immutable;
using System.Numerics;
using System.Text;

namespace Pomerium.Fast.Auth.Policy.Explain;

/// <summary>The names of reasons in logs and tools (policy 3).</summary>
public static class ReasonNames
{
    private static readonly ImmutableArray<string> Names =
    [
        "accept",
        "claim-ok",
        "claim-unauthorized",
        "client-certificate-ok",
        "client-certificate-required",
        "client-certificate-unauthorized",
        "cors-request",
        "date-ok",
        "date-unauthorized",
        "day-of-week-ok",
        "day-of-week-unauthorized",
        "device-ok",
        "device-unauthenticated",
        "device-unauthorized",
        "domain-ok",
        "domain-unauthorized",
        "email-ok",
        "email-unauthorized",
        "http-method-ok",
        "http-method-unauthorized",
        "http-path-ok",
        "http-path-unauthorized",
        "invalid-client-certificate",
        "non-cors-request",
        "non-pomerium-route",
        "pomerium-route",
        "reject",
        "route-not-found",
        "source-ip-ok",
        "source-ip-unauthorized",
        "time-of-day-ok",
        "time-of-day-unauthorized",
        "user-ok",
        "user-unauthenticated",
        "user-unauthorized",
        "valid-client-certificate",
    ];

    private static readonly byte[][] Utf8Names = [.. Names.Select(Encoding.ASCII.GetBytes)];

    /// <summary>How many there are; bit n of <see cref="Reasons"/> is the n-th.</summary>
    public static int Count => Names.Length;

    public static string Name(int bit) => Names[bit];

    /// <summary>For the log's encoder, which takes the bits of a word one by one, lowest first.</summary>
    public static ReadOnlySpan<byte> Utf8Name(int bit) => Utf8Names[bit];

    /// <summary>In ordinal order, as they are shown everywhere.</summary>
    public static IReadOnlyList<string> Of(Reasons reasons)
    {
        List<string> names = new(BitOperations.PopCount((ulong)reasons));
        for (ulong left = (ulong)reasons; left != 0; left &= left - 1)
        {
            names.Add(Names[BitOperations.TrailingZeroCount(left)]);
        }
        return names;
    }
}
