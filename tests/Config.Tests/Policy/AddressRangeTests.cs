using System.Buffers.Binary;
using System.Net;
using Pomerium.Fast.Config.Policy;

namespace Pomerium.Fast.Config.Tests.Policy;

public sealed class AddressRangeTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.255.255.255", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("192.168.1.1/24", "192.168.1.200", true)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("0.0.0.0/0", "255.255.255.255", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("::/0", "192.0.2.7", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3", true)]
    [InlineData("::ffff:0:0/95", "10.1.2.3", false)]
    [InlineData("::10.0.0.1", "10.0.0.1", false)]
    [InlineData("64:ff9b::10.0.0.1", "10.0.0.1", false)]
    [InlineData("2001:DB8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    [InlineData("fe80::1/128", "fe80::1", true)]
    public void Contains(string range, string address, bool contained)
    {
        Assert.True(AddressRange.TryParse(range, out AddressRange parsed));
        UInt128 bits = BinaryPrimitives.ReadUInt128BigEndian(IPAddress.Parse(address).MapToIPv6().GetAddressBytes());
        Assert.Equal(contained, parsed.Contains(bits));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/08")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0")]
    [InlineData("10.0.0.0.0")]
    [InlineData("10.0.0.256")]
    [InlineData("010.0.0.1")]
    [InlineData("0x0a.0.0.1")]
    [InlineData("167772161")]
    [InlineData("10.0.0.1:80")]
    [InlineData(" 10.0.0.1")]
    [InlineData("10.0.0.1-10.0.0.9")]
    [InlineData("::1/129")]
    [InlineData("[::1]")]
    [InlineData("[::1]:80")]
    [InlineData("fe80::1%eth0")]
    [InlineData("1:2:3")]
    [InlineData("localhost")]
    public void Is_no_range(string text) => Assert.False(AddressRange.TryParse(text, out _));
}
