using Pomerium.Fast.Auth.SignIn;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Auth.Tests.SignIn;

public sealed class TrustedTargetsTests
{
    private static readonly TrustedTargets Targets = new(TestConfig.Make(new ProviderOptions()));

    /// <summary>IA-13, IA-14.</summary>
    [Theory]
    [InlineData("https://app.example.com/", true)]
    [InlineData("https://APP.example.com/a?b=c", true)]
    [InlineData("https://app.example.com:8443/", true)]
    [InlineData("https://x.apps.example.com/", true)]
    [InlineData("https://authenticate.example.com/.pomerium/", true)]
    [InlineData("http://app.example.com/", false)]
    [InlineData("https://nowhere.example.com/", false)]
    [InlineData("https://app.example.com.evil.test/", false)]
    [InlineData("//evil.test", false)]
    [InlineData("https:evil.test", false)]
    [InlineData("https://app.example.com@evil.test/", false)]
    [InlineData("https://app.example.com\\@evil.test/", false)]
    [InlineData("https://user@app.example.com/", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("data:text/html,x", false)]
    [InlineData("https://app.example.com/\r\nSet-Cookie: a=b", false)]
    [InlineData("https://app.example.com/\0", false)]
    [InlineData(" https://app.example.com/", false)]
    [InlineData("https://app.example.com\t/", false)]
    [InlineData("", false)]
    public void Only_hosts_of_this_deployment_are_followed(string target, bool trusted) =>
        Assert.Equal(trusted, Targets.IsRoute(target));

    /// <summary>IA-62.</summary>
    [Theory]
    [InlineData("http://localhost:9/", true)]
    [InlineData("http://127.0.0.1:9/cb", true)]
    [InlineData("http://127.9.9.9/", true)]
    [InlineData("http://[::1]:9/", true)]
    [InlineData("https://localhost/", true)]
    [InlineData("http://localhost.evil.test/", false)]
    [InlineData("http://127.0.0.1.evil.test/", false)]
    [InlineData("http://[::ffff:127.0.0.1]/", false)]
    [InlineData("ftp://localhost/", false)]
    [InlineData("http://user@localhost/", false)]
    [InlineData("http://0177.0.0.1/", false)]
    [InlineData("http://2130706433/", false)]
    [InlineData("http://localhost./", false)]
    [InlineData("http://127.1/", false)]
    [InlineData("http://0x7f.0.0.1/", false)]
    [InlineData("http://127.0.0.256/", false)]
    [InlineData("http://128.0.0.1/", false)]
    [InlineData("https://app.example.com/", false)]
    public void Only_listed_programs_get_a_token(string target, bool listed) =>
        Assert.Equal(listed, Targets.IsProgram(target));

    [Fact]
    public void A_configured_list_of_programs_replaces_the_default()
    {
        ConfigSnapshot snapshot = TestConfig.Make(new ProviderOptions());
        TrustedTargets targets = new(
            snapshot with
            {
                Identity = snapshot.Identity with { ProgrammaticRedirectHosts = ["tool.example.com"] },
            }
        );
        Assert.True(targets.IsProgram("https://tool.example.com:99/x"));
        Assert.False(targets.IsProgram("http://localhost/"));
    }

    [Theory]
    [InlineData(false, "https://else.test/", "https://bye.example.com/")]
    [InlineData(true, "https://else.test/", "https://else.test/")]
    [InlineData(true, "javascript:alert(1)", "https://bye.example.com/")]
    public void After_a_sign_out_the_operator_says_where_to_go(bool anyAllowed, string asked, string expected)
    {
        ConfigSnapshot snapshot = TestConfig.Make(
            new ProviderOptions(),
            ("allow_any_sign_out_redirect_uri", anyAllowed)
        );
        TrustedTargets targets = new(
            snapshot with
            {
                Identity = snapshot.Identity with { SignOutRedirectUrl = new Uri("https://bye.example.com/") },
            }
        );
        Assert.Equal(expected, targets.AfterSignOut(asked));
    }
}
