using System.Collections.Immutable;
using System.Text;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Http.Routing;

/// <summary>
/// Request headers that a client may never say (hardening 5.1, identity 6.1). Names are compared without case and with
/// underscore and dash alike, since an upstream that maps headers to CGI variables cannot tell them apart.
/// </summary>
public sealed class ForbiddenHeaders
{
    private static readonly byte[][] Always = [.. Encode("x-forwarded-client-cert", "proxy", "http2-settings")];
    private static readonly byte[][] WithoutTrustedHops =
    [
        .. Encode("forwarded", "x-real-ip", "x-forwarded-port", "x-forwarded-prefix", "x-forwarded-server"),
    ];
    private readonly ImmutableArray<byte[]> _names;

    public ForbiddenHeaders(ConfigSnapshot snapshot)
    {
        _names =
        [
            .. Always,
            .. snapshot.Requests.XffTrustedHops == 0 ? WithoutTrustedHops : [],
            .. Encode([.. snapshot.Identity.ClaimHeaders.Select(static c => c.Header)]),
        ];
    }

    public bool Contains(ReadOnlySpan<byte> name)
    {
        if (StartsWith(name, "x-pomerium-"u8) || StartsWith(name, "x-envoy-"u8))
        {
            return true;
        }
        foreach (byte[] own in _names)
        {
            if (own.Length == name.Length && StartsWith(name, own))
            {
                return true;
            }
        }
        return false;
    }

    /// <param name="folded">Lower case with dashes.</param>
    private static bool StartsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> folded)
    {
        if (name.Length < folded.Length)
        {
            return false;
        }
        for (int i = 0; i < folded.Length; i++)
        {
            byte b = name[i];
            byte fold =
                b == '_' ? (byte)'-'
                : b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20)
                : b;
            if (fold != folded[i])
            {
                return false;
            }
        }
        return true;
    }

    private static IEnumerable<byte[]> Encode(params string[] names) =>
        names.Select(static n => Encoding.ASCII.GetBytes(n.ToLowerInvariant().Replace('_', '-')));
}
