using Microsoft.Extensions.Time.Testing;
using Pomerium.Fast.Auth.Credentials;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Auth.Tests.Credentials;

public sealed class SessionCookieTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void The_default_is_secure_hidden_host_only_and_names_no_same_site() =>
        Assert.Equal(
            "_pomerium=v; Path=/; Expires=Tue, 01 Jan 2030 14:00:00 GMT; HttpOnly; Secure",
            Cookie(new CookieOptions()).Set("_pomerium", "v")
        );

    [Theory]
    [InlineData(CookieSameSite.Lax, "; SameSite=Lax")]
    [InlineData(CookieSameSite.Strict, "; SameSite=Strict")]
    [InlineData(CookieSameSite.None, "; SameSite=None")]
    public void Same_site_is_written_when_asked_for(CookieSameSite sameSite, string end) =>
        Assert.EndsWith(end, Cookie(new CookieOptions { SameSite = sameSite }).Set("c", "v"), StringComparison.Ordinal);

    [Fact]
    public void Options_are_followed()
    {
        CookieOptions options = new()
        {
            Name = "c",
            Domain = "example.com",
            HttpOnly = false,
            Expire = TimeSpan.FromMinutes(1),
        };
        Assert.Equal(
            "c_authenticate=v; Path=/; Domain=example.com; Expires=Tue, 01 Jan 2030 00:01:00 GMT; Secure",
            Cookie(options).Set(Cookie(options).AuthenticateName, "v")
        );
    }

    [Fact]
    public void Deleting_names_the_same_cookie_in_the_past() =>
        Assert.Equal(
            "_pomerium=; Path=/; Domain=d.test; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; Secure",
            Cookie(new CookieOptions { Domain = "d.test" }).Delete("_pomerium")
        );

    private SessionCookie Cookie(CookieOptions options) => new(options, _clock);
}
