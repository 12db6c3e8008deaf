using System.Text;
using Pomerium.Fast.Http.Pipeline;

namespace Pomerium.Fast.Http.Tests.Pipeline;

public sealed class AcceptHeaderTests
{
    private static readonly byte[][] Offers =
    [
        [.. "text/html"u8],
        [.. "application/json"u8],
        [.. "text/plain"u8],
    ];

    [Theory]
    [InlineData("", -1)]
    [InlineData("image/*", -1)]
    [InlineData("*/*", 0)]
    [InlineData("text/*", 0)]
    [InlineData("application/*", 1)]
    [InlineData("text/plain", 2)]
    [InlineData("text/plain, text/html", 2)]
    [InlineData("text/html;q=0.1, text/plain;q=0.2", 2)]
    [InlineData("text/html;level=1;q=0.1, text/plain ; q=0.2", 2)]
    [InlineData("text/html;q=0, */*", 1)]
    [InlineData("application/json;q=1.5", 1)]
    [InlineData("application/json;q=x", -1)]
    [InlineData("application/json;q=", -1)]
    [InlineData(",,;,application/json", 1)]
    [InlineData("*/*;q=0.1, text/plain;q=0.05", 0)]
    public void The_best_offer_wins(string accept, int expected) =>
        Assert.Equal(expected, AcceptHeader.Best(Encoding.ASCII.GetBytes(accept), Offers));
}
