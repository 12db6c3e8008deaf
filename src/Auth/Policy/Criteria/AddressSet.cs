using System.Collections.Frozen;
using Pomerium.Fast.Config.Policy;

namespace Pomerium.Fast.Auth.Policy.Criteria;

/// <summary>Ranges of addresses by length: one probe for each length that occurs, however many ranges there are.</summary>
internal sealed class AddressSet
{
    private readonly Bucket[] _ipv4;
    private readonly Bucket[] _ipv6;

    public AddressSet(IEnumerable<string> texts)
    {
        List<AddressRange> ranges = [];
        foreach (string text in texts)
        {
            if (AddressRange.TryParse(text, out AddressRange range))
            {
                ranges.Add(range);
            }
        }
        _ipv4 = Buckets(ranges.Where(static r => r.IsIPv4));
        _ipv6 = Buckets(ranges.Where(static r => !r.IsIPv4));
    }

    /// <param name="address">16 bytes in network order, IPv4 mapped into IPv6.</param>
    public bool Contains(UInt128 address)
    {
        foreach (Bucket bucket in AddressRange.IsMapped(address) ? _ipv4 : _ipv6)
        {
            if (bucket.Networks.Contains(address & bucket.Mask))
            {
                return true;
            }
        }
        return false;
    }

    private static Bucket[] Buckets(IEnumerable<AddressRange> ranges) =>
        [
            .. ranges
                .GroupBy(static r => r.Length)
                .Select(static g => new Bucket(
                    AddressRange.Mask(g.Key),
                    g.Select(static r => r.Network).ToFrozenSet()
                )),
        ];

    private sealed record Bucket(UInt128 Mask, FrozenSet<UInt128> Networks);
}
