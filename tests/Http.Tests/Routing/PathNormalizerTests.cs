using System.Text;
using CsCheck;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Routing;

namespace Pomerium.Fast.Http.Tests.Routing;

/// <summary>Routing 4.1 and hardening 7: one form that is matched, judged and sent.</summary>
public sealed class PathNormalizerTests
{
    private static readonly RequestOptions Default = new();

    [InlineData("/", "/")]
    [InlineData("/a/b", "/a/b")]
    [InlineData("/a//b", "/a/b")]
    [InlineData("//a///b//", "/a/b/")]
    [InlineData("/a/./b", "/a/b")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/a/b/.", "/a/b/")]
    [InlineData("/..", "/")]
    [InlineData("/../../etc", "/etc")]
    [InlineData("/a/..b/.c", "/a/..b/.c")]
    [InlineData("/%61", "/a")]
    [InlineData("/%7E%2d%5F%2E5", "/~-_.5")]
    [InlineData("/a/%2e%2e/b", "/b")]
    [InlineData("/a/.%2e/b", "/b")]
    [InlineData("/%252e%252e/", "/%252e%252e/")]
    [InlineData("/%2541", "/%2541")]
    [InlineData("/a\\b", "/a/b")]
    [InlineData("/a\\..\\b", "/b")]
    [InlineData("/%20%C3%a4", "/%20%C3%a4")]
    [InlineData("/%c0%ae%c0%ae/", "/%c0%ae%c0%ae/")]
    [InlineData("/admin;x/y", "/admin;x/y")]
    [InlineData("/a%2Fb", null)]
    [InlineData("/a%2fb", null)]
    [InlineData("/a%5Cb", null)]
    [InlineData("/a%5cb", null)]
    [InlineData("/%00", null)]
    [InlineData("/%", null)]
    [InlineData("/%a", null)]
    [InlineData("/%ag", null)]
    [Theory]
    public void A_path_becomes(string path, string? expected) => Assert.Equal(expected, Normalize(path, Default));

    [InlineData(EscapedSlashAction.KeepUnchanged, "/a%2Fb/%5c", "/a%2Fb/%5c")]
    [InlineData(EscapedSlashAction.UnescapeAndForward, "/a%2F..%5Cb", "/b")]
    [Theory]
    public void Escaped_slashes_follow_the_option(EscapedSlashAction action, string path, string expected) =>
        Assert.Equal(expected, Normalize(path, Default with { EscapedSlashes = action }));

    // Hardening 7.3: what an upstream would normalise into another path is refused when we do not.
    [InlineData("/a/../b")]
    [InlineData("/a/%2e%2e/b")]
    [InlineData("/a/%2E/b")]
    [InlineData("/a//b")]
    [InlineData("/a\\b")]
    [InlineData("/a/.")]
    [InlineData("/a/..")]
    [Theory]
    public void Without_normalisation_an_ambiguous_path_is_refused(string path) =>
        Assert.Null(Normalize(path, Default with { NormalizePath = false, MergeSlashes = false }));

    [Fact]
    public void Without_normalisation_an_ordinary_path_is_untouched() =>
        Assert.Equal("/a%41.b", Normalize("/a%41.b", Default with { NormalizePath = false }));

    [Fact]
    public void Normalising_twice_changes_nothing_and_leaves_nothing_ambiguous()
    {
        string[] words = ["a", ".", "..", "/", "//", "%2e", "%61", "%25", "\\", "%2", ";", "%c3", "b.c"];
        Gen<string> piece = Gen.Int[0, words.Length - 1].Select(i => words[i]);
        piece
            .Array[0, 12]
            .Sample(pieces =>
            {
                string path = "/" + string.Concat(pieces);
                if (Normalize(path, Default) is not { } once)
                {
                    return;
                }
                Assert.Equal(once, Normalize(once, Default));
                Assert.StartsWith("/", once, StringComparison.Ordinal);
                Assert.DoesNotContain("//", once, StringComparison.Ordinal);
                Assert.DoesNotContain("/../", once + "/", StringComparison.Ordinal);
                Assert.DoesNotContain("/./", once + "/", StringComparison.Ordinal);
            });
    }

    private static string? Normalize(string path, RequestOptions options)
    {
        ByteBuffer into = new(16);
        return PathNormalizer.Normalize(Encoding.Latin1.GetBytes(path), into, options) == PathVerdict.Rejected
            ? null
            : Encoding.Latin1.GetString(into.Span);
    }
}
