using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Nodes;
using Pomerium.Fast.Auth.Providers;
using Pomerium.Fast.Auth.Tests.SignIn;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Auth.Tests.Providers;

/// <summary>The URLs to which each provider's users are sent, exactly (identity 4.1, 4.10).</summary>
public sealed class ProviderUrlTests
{
    private const string Common =
        "&redirect_uri=https%3A%2F%2Fauthenticate.example.com%2Foauth2%2Fcallback&response_type=code";

    private const string Full = "&scope=openid+profile+email+offline_access&state=S";

    /// <summary>Answers for any provider with the discovery document that its URL promises.</summary>
    private sealed class Discoverable(string issuer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellation
        )
        {
            string at = "https://" + request.RequestUri!.Host;
            JsonObject body = request.RequestUri.AbsolutePath.EndsWith("openid-configuration", StringComparison.Ordinal)
                ? new JsonObject
                {
                    ["issuer"] = issuer,
                    ["authorization_endpoint"] = at + "/authorize",
                    ["token_endpoint"] = at + "/token",
                    ["jwks_uri"] = at + "/keys",
                }
                : new JsonObject { ["keys"] = new JsonArray() };
            return Task.FromResult(
                new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body.ToJsonString()) }
            );
        }
    }

    private static IIdentityProvider Make(ProviderOptions options, string issuer)
    {
        ProviderOptions full = options with { ClientId = "cid", ClientSecret = "secret" };
        (ProviderSet? set, _) = ProviderSet.Build(
            TestConfig.Make(full),
            TimeProvider.System,
            _ => new ProviderHttp(new Discoverable(issuer))
        );
        return set!.Default!;
    }

    private static ValueTask<string> UrlAsync(IIdentityProvider provider) =>
        provider.AuthorizationUrlAsync(
            new AuthorizationRequest("https://authenticate.example.com/oauth2/callback", "S", null, null),
            default
        );

    [Theory]
    [InlineData(
        "oidc",
        "https://idp.example.com",
        null,
        "https://idp.example.com/authorize?client_id=cid" + Common + Full
    )]
    [InlineData(
        "google",
        "",
        "https://accounts.google.com",
        "https://accounts.google.com/authorize?access_type=offline&client_id=cid&prompt=select_account+consent"
            + Common
            + "&scope=openid+profile+email&state=S"
    )]
    [InlineData(
        "azure",
        "",
        "https://login.microsoftonline.com/{tenantid}/v2.0",
        "https://login.microsoftonline.com/authorize?client_id=cid&prompt=select_account" + Common + Full
    )]
    [InlineData("okta", "https://o.okta.com", null, "https://o.okta.com/authorize?client_id=cid" + Common + Full)]
    [InlineData(
        "github",
        "",
        "",
        "https://github.com/login/oauth/authorize?access_type=offline&client_id=cid"
            + Common
            + "&scope=user%3Aemail+read%3Aorg&state=S"
    )]
    [InlineData(
        "github",
        "https://git.example.com",
        "",
        "https://git.example.com/login/oauth/authorize?access_type=offline&client_id=cid"
            + Common
            + "&scope=user%3Aemail+read%3Aorg&state=S"
    )]
    [InlineData(
        "gitlab",
        "",
        "https://gitlab.com",
        "https://gitlab.com/authorize?client_id=cid" + Common + "&scope=openid+profile+email&state=S"
    )]
    [InlineData(
        "onelogin",
        "",
        "https://openid-connect.onelogin.com/oidc",
        "https://openid-connect.onelogin.com/authorize?client_id=cid"
            + Common
            + "&scope=openid+profile+email+groups+offline_access&state=S"
    )]
    [InlineData(
        "onelogin",
        "https://acme.onelogin.com/oidc/2",
        null,
        "https://acme.onelogin.com/authorize?client_id=cid" + Common + "&scope=openid+profile+email+groups&state=S"
    )]
    [InlineData(
        "auth0",
        "https://acme.auth0.com",
        "https://acme.auth0.com/",
        "https://acme.auth0.com/authorize?client_id=cid" + Common + Full
    )]
    [InlineData(
        "ping",
        "https://auth.pingone.com/env/as",
        null,
        "https://auth.pingone.com/authorize?client_id=cid" + Common + Full
    )]
    [InlineData(
        "cognito",
        "https://cognito.example.com/pool",
        null,
        "https://cognito.example.com/authorize?client_id=cid" + Common + "&scope=openid+email+profile&state=S"
    )]
    public async Task Each_provider_has_its_authorization_url(
        string name,
        string url,
        string? issuer,
        string expected
    ) => Assert.Equal(expected, await UrlAsync(Make(new ProviderOptions { Name = name, Url = url }, issuer ?? url)));

    [Fact]
    public async Task Configured_scopes_and_parameters_replace_the_defaults_but_not_the_flows_own()
    {
        ProviderOptions options = new()
        {
            Name = "google",
            Scopes = ["openid", "email"],
            RequestParams = ImmutableDictionary<string, string>.Empty.Add("hd", "example.com").Add("state", "evil"),
        };
        Assert.Equal(
            "https://accounts.google.com/authorize?client_id=cid&hd=example.com"
                + Common
                + "&scope=openid+email&state=S",
            await UrlAsync(Make(options, "https://accounts.google.com"))
        );
    }

    [Theory]
    [InlineData(
        "auth0",
        "https://acme.auth0.com/",
        "https://acme.auth0.com/v2/logout?client_id=cid&returnTo=https%3A%2F%2Fbye.test%2F"
    )]
    [InlineData(
        "cognito",
        "https://c.example.com",
        "https://c.example.com/logout?client_id=cid&logout_uri=https%3A%2F%2Fa.test%2Fout"
    )]
    [InlineData("google", "https://accounts.google.com", null)]
    [InlineData("oidc", "https://idp.example.com", null)]
    public async Task Some_providers_have_their_own_sign_out(string name, string url, string? expected) =>
        Assert.Equal(
            expected,
            await Make(new ProviderOptions { Name = name, Url = url }, url)
                .SignOutUrlAsync(new ProviderSignOut("", "https://bye.test/", "https://a.test/out"), default)
        );

    [Theory]
    [InlineData("apple")]
    [InlineData("hosted")]
    public void A_provider_of_a_later_stage_starts_without_sign_in(string name)
    {
        (ProviderSet? set, ImmutableArray<Diagnostic> problems) = ProviderSet.Build(
            TestConfig.Make(new ProviderOptions { Name = name, ClientId = "c" }),
            TimeProvider.System
        );
        Assert.Empty(problems);
        Assert.NotNull(set);
        Assert.Null(set.Default);
    }

    [Theory]
    [InlineData("hotmail", "", "identity: unknown provider: hotmail")]
    [InlineData("oidc", "", "identity/oidc: missing provider url")]
    [InlineData("okta", "", "identity/oidc: missing provider url")]
    [InlineData("oidc", "idp.example.com", "identity: the provider's URL is no absolute https URL")]
    public void A_provider_that_cannot_work_is_an_error_at_load(string name, string url, string message)
    {
        (ProviderSet? set, ImmutableArray<Diagnostic> problems) = ProviderSet.Build(
            TestConfig.Make(
                new ProviderOptions
                {
                    Name = name,
                    Url = url,
                    ClientId = "c",
                }
            ),
            TimeProvider.System
        );
        Assert.Null(set);
        Assert.Equal(message, Assert.Single(problems).Message);
    }

    [Theory]
    [InlineData("azure", "")]
    [InlineData("oidc", "http://127.0.0.1:9")]
    public void A_doubtful_provider_works_since_loading_has_warned_of_it(string name, string url)
    {
        (ProviderSet? set, ImmutableArray<Diagnostic> problems) = ProviderSet.Build(
            TestConfig.Make(
                new ProviderOptions
                {
                    Name = name,
                    Url = url,
                    ClientId = "c",
                }
            ),
            TimeProvider.System
        );
        using (set)
        {
            Assert.Empty(problems);
            Assert.NotNull(set);
        }
    }
}
