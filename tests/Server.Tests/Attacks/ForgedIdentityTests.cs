using Pomerium.Fast.Server.Tests.Composition;

namespace Pomerium.Fast.Server.Tests.Attacks;

/// <summary>Clients that say who they are (identity 9), through the whole proxy to an upstream that says what it heard.</summary>
public sealed class ForgedIdentityTests : IAsyncLifetime
{
    private const string Lines =
        "jwt_claims_headers: {X-Pomerium-Claim-Email: email, X-Team: team}\nheaders_with_underscores_action: allow\n";

    private HeldUpstream _upstream = null!;
    private ProxyRig _rig = null!;

    public async Task InitializeAsync()
    {
        _upstream = await HeldUpstream.StartAsync();
        string to = $"    to: http://127.0.0.1:{_upstream.Port}\n";
        _rig = await ProxyRig.StartAsync(
            ProxyRig.Yaml(
                Lines,
                $"  - from: https://on.test\n{to}    pass_identity_headers: true\n    allow_any_authenticated_user: true\n"
                    + $"  - from: https://off.test\n{to}    pass_identity_headers: false\n    allow_public_unauthenticated_access: true\n"
            )
        );
    }

    public async Task DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    private static readonly (string, string)[] Forged =
    [
        ("X-Pomerium-Jwt-Assertion", "forged-1"),
        ("x-pomerium-jwt-assertion", "forged-2"),
        ("X_Pomerium_Jwt_Assertion", "forged-3"),
        ("X-Pomerium-Claim-Email", "forged-4@evil.test"),
        ("X-POMERIUM-CLAIM-GROUPS", "forged-5"),
        ("x-team", "forged-6"),
        ("X_Team", "forged-7"),
    ];

    /// <summary>What the upstream took for identity, but not what it knows to be the client's word.</summary>
    private string[] Identity() =>
        [
            .. _upstream
                .Received.Select(static l => l.Replace('_', '-'))
                .Where(static l =>
                    (
                        l.StartsWith("x-pomerium", StringComparison.OrdinalIgnoreCase)
                        || l.StartsWith("x-team", StringComparison.OrdinalIgnoreCase)
                    ) && !l.StartsWith("x-pomerium-jwt-assertion-for:", StringComparison.OrdinalIgnoreCase)
                ),
        ];

    [Fact]
    public async Task IA_44_With_the_switch_on_only_genuine_values_arrive()
    {
        (string, string) cookie = await _rig.SignInAsync("ann", ("team", ["blue"]));
        Assert.Equal(200, await _rig.StatusAsync("on.test", "/", [cookie, .. Forged]));
        string[] identity = Identity();
        Assert.Equal(3, identity.Length);
        Assert.Contains("X-Pomerium-Claim-Email: ann@example.com", identity);
        Assert.Contains("X-Team: blue", identity);
        Assert.Single(identity, static l => l.StartsWith("X-Pomerium-Jwt-Assertion: ey", StringComparison.Ordinal));
        Assert.All(identity, static l => Assert.DoesNotContain("forged", l, StringComparison.Ordinal));
    }

    [Fact]
    public async Task IA_44_With_the_switch_off_none_arrive()
    {
        Assert.Equal(200, await _rig.StatusAsync("off.test", "/", Forged));
        Assert.Empty(Identity());
        (string, string) cookie = await _rig.SignInAsync("ann", ("team", ["blue"]));
        Assert.Equal(200, await _rig.StatusAsync("off.test", "/", [cookie, .. Forged]));
        Assert.Empty(Identity());
    }

    [Fact]
    public async Task IA_45_Hop_by_hop_removal_cannot_be_asked_for()
    {
        (string, string) cookie = await _rig.SignInAsync("ann", ("team", ["blue"]));
        Assert.Equal(
            200,
            await _rig.StatusAsync(
                "on.test",
                "/",
                cookie,
                ("Connection", "X-Pomerium-Jwt-Assertion, X-Team, X-Pomerium-Claim-Email")
            )
        );
        Assert.Equal(3, Identity().Length);
    }

    [Fact]
    public async Task IA_42_A_cookie_set_by_a_network_attacker_is_worth_what_its_signature_is()
    {
        (string name, string good) = await _rig.SignInAsync("ann");
        string forged = good[..^4] + (good.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA");
        Assert.Equal(302, await _rig.StatusAsync("on.test", "/", (name, forged)));
        Assert.Equal(302, await _rig.StatusAsync("on.test", "/", (name, "_pomerium=evil")));
        Assert.Equal(200, await _rig.StatusAsync("on.test", "/", (name, "_pomerium=evil; " + good)));
        Assert.Contains("X-Pomerium-Claim-Email: ann@example.com", Identity());
    }
}
