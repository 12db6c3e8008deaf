using System.Text;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Auth.Identity;

/// <summary>Whom an assertion is for: the request's host in lower case, with its port unless that is 443 (identity 6.2, U-90); and what its route says about assertions.</summary>
internal sealed record AudienceKey(byte[] Host, JwtIssuerFormat Issuer, GroupsFilter? Groups)
{
    private const int HostMax = 261;

    /// <summary>Whether the authority is this audience, told without making a new one.</summary>
    public bool Fits(ReadOnlySpan<byte> authority, JwtIssuerFormat issuer, GroupsFilter? groups) =>
        issuer == Issuer
        && ReferenceEquals(groups, Groups)
        && Ascii.EqualsIgnoreCase(WithoutDefaultPort(authority), Host);

    public static AudienceKey Of(ReadOnlySpan<byte> authority, JwtIssuerFormat issuer, GroupsFilter? groups)
    {
        ReadOnlySpan<byte> host = WithoutDefaultPort(authority);
        byte[] lower = new byte[Math.Min(host.Length, HostMax)];
        Ascii.ToLower(host[..lower.Length], lower, out _);
        return new AudienceKey(lower, issuer, groups);
    }

    private static ReadOnlySpan<byte> WithoutDefaultPort(ReadOnlySpan<byte> authority) =>
        authority.EndsWith(":443"u8) ? authority[..^4] : authority;
}
