using System.Text;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Routing;
using Pomerium.Fast.Kit.Proxy;

namespace Pomerium.Fast.Http.Tests.Routing;

/// <summary>Which requests are for the sign-in host (identity 1, routing 3.1).</summary>
public sealed class AuthenticateHostsTests
{
    [Theory]
    [InlineData("auth.test", "auth.test", true)]
    [InlineData("auth.test", "AUTH.Test", true)]
    [InlineData("auth.test", "auth.test:443", true)]
    [InlineData("auth.test", "auth.test:8443", true)] // match_any_incoming_port
    [InlineData("auth.test", "auth.test.evil", false)]
    [InlineData("auth.test", "xauth.test", false)]
    [InlineData("auth.test", "", false)]
    [InlineData("auth.test:8443", "auth.test:8443", true)]
    [InlineData("auth.test:8443", "auth.test", false)]
    [InlineData("auth.test:8443", "auth.test:9443", false)]
    [InlineData("auth.test:8443", "auth.test:84430", false)]
    [InlineData("[::1]", "[::1]:443", true)]
    [InlineData("bücher.test", "xn--bcher-kva.test", true)]
    [InlineData("other.test", "inner.test", true)]
    public void Authorities_are_told_apart(string external, string authority, bool included)
    {
        AuthenticateHosts hosts = new(Snapshot("https://" + external, "https://inner.test"));
        Assert.Equal(included, hosts.Include(Encoding.UTF8.GetBytes(authority)));
        Assert.Equal(included, hosts.Include(authority));
    }

    [Fact]
    public void Without_any_port_only_the_default_one_may_be_named()
    {
        ConfigSnapshot snapshot = Snapshot("https://auth.test", null);
        AuthenticateHosts hosts = new(snapshot with { RuntimeFlags = snapshot.RuntimeFlags.Clear() });
        Assert.True(hosts.Include("auth.test:443"));
        Assert.False(hosts.Include("auth.test:8443"));
    }

    [Fact]
    public void Nothing_configured_is_nobody_and_odd_texts_are_no_error()
    {
        AuthenticateHosts hosts = new(Snapshot(null, null));
        Assert.False(hosts.Include("auth.test"));
        Assert.False(hosts.Include(new string('a', 5000)));
        Assert.False(hosts.Include("bücher.test"));
    }

    private static ConfigSnapshot Snapshot(string? external, string? inner)
    {
        ConfigSnapshot snapshot = TestSnapshot.With();
        return snapshot with
        {
            Identity = snapshot.Identity with
            {
                AuthenticateUrl = external is null ? null : new Uri(external),
                AuthenticateInternalUrl = inner is null ? null : new Uri(inner),
            },
        };
    }
}
