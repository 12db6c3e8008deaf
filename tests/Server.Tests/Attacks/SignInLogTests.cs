using Pomerium.Fast.Auth.Tests.SignIn;
using Pomerium.Fast.Server.Tests.Composition;

namespace Pomerium.Fast.Server.Tests.Attacks;

/// <summary>A whole sign-in through the proxy, seen from its log and from a provider that must not be used.</summary>
public sealed class SignInLogTests : IAsyncLifetime
{
    private readonly Dictionary<(string Host, string Name), string> _cookies = [];
    private readonly List<string> _secrets = [];
    private ScriptedProvider _provider = null!;

    public async Task InitializeAsync() => _provider = await ScriptedProvider.StartAsync(TimeProvider.System);

    public async Task DisposeAsync() => await _provider.DisposeAsync();

    private Task<ProxyRig> StartAsync(string lines) =>
        ProxyRig.StartAsync(
            ProxyRig
                .Yaml(
                    lines,
                    "  - from: https://a.test\n    response: {status: 200, body: in}\n    allow_any_authenticated_user: true\n"
                )
                .Replace("https://idp.test", _provider.Issuer, StringComparison.Ordinal)
                .Replace(
                    "idp_client_id: c\n",
                    $"idp_client_id: {ScriptedProvider.ClientId}\n",
                    StringComparison.Ordinal
                )
                .Replace(
                    "client_secret: s\n",
                    $"client_secret: {ScriptedProvider.ClientSecret}\n",
                    StringComparison.Ordinal
                )
        );

    /// <summary>Asks as a browser does, keeps the cookies, and remembers everything that is secret about it.</summary>
    private async Task<HttpResponseMessage> VisitAsync(ProxyRig rig, string url)
    {
        Uri uri = new(url);
        string cookies = string.Join(
            "; ",
            _cookies.Where(c => c.Key.Host == uri.Host).Select(static c => $"{c.Key.Name}={c.Value}")
        );
        HttpResponseMessage answer = await rig.GetAsync(
            uri.Host,
            uri.PathAndQuery,
            [("Accept", "text/html"), .. cookies.Length > 0 ? new[] { ("Cookie", cookies) } : []]
        );
        _secrets.AddRange(
            uri.Query.TrimStart('?')
                .Split('&')
                .Where(static p => p.Length > 24)
                .Select(static p => p[(p.IndexOf('=', StringComparison.Ordinal) + 1)..])
                .Where(static v => v.Length > 16)
        );
        foreach (string cookie in answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
        {
            string[] pair = cookie.Split(';')[0].Split('=', 2);
            _cookies[(uri.Host, pair[0])] = pair[1];
            if (pair[1].Length > 8)
            {
                _secrets.Add(pair[1]);
            }
        }
        return answer;
    }

    private async Task<string> FollowAsync(ProxyRig rig, string url)
    {
        using HttpResponseMessage answer = await VisitAsync(rig, url);
        Assert.True(answer.StatusCode == System.Net.HttpStatusCode.Found, $"{url}: {answer.StatusCode}");
        return answer.Headers.Location!.OriginalString;
    }

    [Fact]
    public async Task IA_80_A_whole_sign_in_at_trace_leaves_no_secret_in_the_log()
    {
        await using ProxyRig rig = await StartAsync(
            "log_level: trace\naccess_log_fields: [method, authority, path, query, referer, request-id, response-code]\n"
                + "authorize_log_fields: [method, host, path, query, user, session-id]\n"
        );
        string signIn = await FollowAsync(rig, "https://a.test/page");
        string authorize = await FollowAsync(rig, signIn);
        string back = _provider.Approve(authorize);
        string again = await FollowAsync(rig, back);
        string callback = await FollowAsync(rig, again);
        using (HttpResponseMessage last = await VisitAsync(rig, callback))
        {
            Assert.True((int)last.StatusCode is 302 or 200);
        }
        using HttpResponseMessage page = await VisitAsync(rig, "https://a.test/page");
        Assert.Equal("in", await page.Content.ReadAsStringAsync());
        await rig.Log.FindAsync("authorize check", "\"user\":\"alice\"");
        await rig.Log.FindAsync("http-request", "\"path\":\"/.pomerium/callback/\"");
        await Poll.UntilAsync(() => rig.Log.Of("http-request").Length == 6, () => "six requests were made");

        Assert.True(_secrets.Count > 10, "too little was remembered");
        string log = string.Join('\n', rig.Log.All);
        foreach (
            string secret in _secrets.Concat([
                "access-1",
                "refresh-1",
                ScriptedProvider.ClientSecret,
                "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
                "pomerium_session_encrypted",
                "code=",
                "code_verifier",
                "eyJ",
            ])
        )
        {
            Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("address: 127.0.0.1:0\n", 302)]
    [InlineData("address: localhost:0\nhttp_redirect_addr: 0.0.0.0:0\n", 500)]
    public async Task The_demos_provider_is_refused_where_others_can_come_in(string lines, int status) // identity 10.1
    {
        _provider.Discovery = static d => d["pomerium_demo"] = true;
        await using ProxyRig rig = await StartAsync(lines);
        using HttpResponseMessage answer = await VisitAsync(rig, await FollowAsync(rig, "https://a.test/page"));
        Assert.Equal(status, (int)answer.StatusCode);
        if (status == 500)
        {
            Assert.Contains(
                rig.Log.All,
                static l =>
                    l.Contains(
                        "refusing to use the demo identity provider on a public listener",
                        StringComparison.Ordinal
                    )
            );
        }
    }
}
