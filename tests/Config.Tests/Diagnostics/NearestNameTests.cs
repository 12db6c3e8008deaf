using Pomerium.Fast.Config.Diagnostics;

namespace Pomerium.Fast.Config.Tests.Diagnostics;

public sealed class NearestNameTests
{
    private static readonly string[] Known = ["address", "routes", "cookie_secret", "log_level", "to"];

    [Theory]
    [InlineData("addres", "address")]
    [InlineData("adress", "address")]
    [InlineData("adderss", "address")]
    [InlineData("route", "routes")]
    [InlineData("cokie_secert", "cookie_secret")]
    [InlineData("too", "to")]
    [InlineData("something_else", null)]
    [InlineData("x", null)]
    public void Nearest(string name, string? expected) => Assert.Equal(expected, NearestName.Find(name, Known));

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "abc", 0)]
    [InlineData("abc", "acb", 1)]
    [InlineData("abc", "ab", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void Distance(string a, string b, int expected) => Assert.Equal(expected, NearestName.Distance(a, b));
}
