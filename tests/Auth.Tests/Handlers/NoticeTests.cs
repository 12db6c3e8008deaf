using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Pomerium.Fast.Auth.Tests.Handlers;

/// <summary>What operators are told about credentials and claims, and how often.</summary>
public sealed class NoticeTests
{
    private const string App = "app.example.com";
    private readonly Gate _gate = new();

    public NoticeTests() => _gate.Log.Minimum = LogLevel.Trace;

    [Fact]
    public void A_token_in_the_query_is_warned_of_once()
    {
        string handle = _gate.SignIn(_gate.NewSession("s"));
        _gate.Send(App, "/?pomerium_session=" + handle);
        _gate.NewConnection();
        _gate.Send(App, "/?pomerium_session=" + handle);
        _gate.Reload();
        _gate.Send(App, "/?pomerium_session=" + handle);
        string line = Assert.Single(_gate.Log.Lines);
        Assert.StartsWith("Warning: a session token came in the query parameter", line, StringComparison.Ordinal);
        Assert.DoesNotContain(handle, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.b", "NotCompact")]
    [InlineData("a.b.c", "WrongSignature")]
    public void A_bad_handle_has_its_reason_at_debug_and_never_the_token(string token, string reason)
    {
        Assert.Equal("302", _gate.Outcome(_gate.Send(App, "/", "Cookie: _pomerium=" + token)));
        Assert.Equal([$"Debug: session token refused: source=Cookie reason={reason}"], _gate.Log.Lines);
    }

    [Fact]
    public void A_handle_that_is_too_long_is_told_too()
    {
        _gate.Send(App, "/", "X-Pomerium-Authorization: " + new string('a', 5000));
        Assert.Equal(["Debug: session token refused: source=PomeriumHeader reason=TooLong"], _gate.Log.Lines);
    }

    [Fact]
    public void A_claim_header_above_8_KiB_is_sent_and_warned_of_once_a_session()
    {
        ImmutableArray<object?> groups = [.. Enumerable.Range(0, 1000).Select(static i => $"group-{i:D5}")];
        foreach (string id in new[] { "s1", "s2" })
        {
            string cookie =
                "Cookie: _pomerium="
                + _gate.SignIn(_gate.NewSession(id) with { Claims = Gate.Claims(("groups", groups)) });
            foreach (string host in new[] { App, "public.example.com", "uri.example.com" })
            {
                Assert.Equal("pass", _gate.Outcome(_gate.Send(host, "/", cookie)));
            }
            Assert.Equal(11_999, _gate.UpstreamLines()["x-pomerium-claim-groups"].Length);
        }
        Assert.Equal(["s1", "s2"], _gate.Log.Lines.Select(static l => l.Split("session=")[1].Split(' ')[0]));
        Assert.All(
            _gate.Log.Lines,
            static l => Assert.Contains("claim=groups bytes=11999", l, StringComparison.Ordinal)
        );
    }
}
