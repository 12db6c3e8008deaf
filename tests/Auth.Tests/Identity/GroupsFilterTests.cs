using System.Collections.Immutable;
using Microsoft.IdentityModel.JsonWebTokens;
using Pomerium.Fast.Auth.Identity;
using Pomerium.Fast.Auth.Tests.Handlers;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Tests.Identity;

/// <summary>Only the groups that an upstream needs (identity 6.5).</summary>
public sealed class GroupsFilterTests
{
    [Theory]
    [InlineData("", "", "admins,users,42")]
    [InlineData("users", "", "users")]
    [InlineData("", "42,nobody", "42")]
    [InlineData("users", "admins", "admins,users")]
    [InlineData("nobody", "", "")]
    public void What_both_lists_name_is_kept(string global, string ofRoute, string kept)
    {
        Gate gate = With(List(global), List(ofRoute));
        ClaimSet claims = Gate.Claims(("groups", ["admins", "users", 42.0]));
        string handle = gate.SignIn(gate.NewSession("s") with { Claims = claims });
        string cookie = "Cookie: _pomerium=" + handle;
        Assert.Equal("pass", gate.Outcome(gate.Send("app.example.com", "/", cookie)));
        Dictionary<string, string> lines = gate.UpstreamLines();
        Assert.Equal(kept, lines["x-pomerium-claim-groups"]);
        JsonWebToken token = new(lines["x-pomerium-jwt-assertion"]);
        Assert.Equal(kept, string.Join(',', token.GetPayloadValue<string[]>("groups")));
        RouteGroupsFilters filters = new(gate.Snapshot);
        Assert.Equal(3 - List(kept).Length, filters.Of(0)?.CountRemoved(claims) ?? 0);
    }

    [Fact]
    public void Routes_of_one_host_have_their_own_filters()
    {
        Gate gate = new(static s =>
            s with
            {
                Routes =
                [
                    Gate.Route("app") with
                    {
                        Id = "a",
                        AllowAnyAuthenticatedUser = true,
                        Prefix = "/a",
                        GroupsFilter = ["admins"],
                    },
                    Gate.Route("app") with
                    {
                        AllowAnyAuthenticatedUser = true,
                    },
                ],
            }
        );
        string cookie = "Cookie: _pomerium=" + gate.SignIn(gate.NewSession("s"));
        for (int i = 0; i < 2; i++)
        {
            gate.Send("app.example.com", "/a", cookie);
            Assert.Equal("admins", gate.UpstreamLines()["x-pomerium-claim-groups"]);
            gate.Send("app.example.com", "/b", cookie);
            Assert.Equal("admins,users", gate.UpstreamLines()["x-pomerium-claim-groups"]);
        }
    }

    private static ImmutableArray<string> List(string text) => text.Length == 0 ? [] : [.. text.Split(',')];

    private static Gate With(ImmutableArray<string> global, ImmutableArray<string> ofRoute) =>
        new(s =>
            s with
            {
                Identity = s.Identity with { GroupsFilter = global },
                Routes = s.Routes.SetItem(0, s.Routes[0] with { GroupsFilter = ofRoute }),
            }
        );
}
