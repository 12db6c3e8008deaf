using Pomerium.Fast.Auth.Identity;
using Pomerium.Fast.Auth.Providers;
using Pomerium.Fast.Auth.SignIn;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Server.ControlPlane;

/// <summary>What the endpoints need of one configuration; a reload swaps the reference to it.</summary>
public sealed class ControlPlaneState
{
    public ControlPlaneState(ConfigSnapshot snapshot, SignInFlow flow, SigningKeys keys)
    {
        Snapshot = snapshot;
        Flow = flow;
        Keys = keys;
        Assertions = new SessionAssertion(snapshot, keys);
        HostProviders = new HostProviders(snapshot, flow.Settings.Providers.Ids);
        Brand = new BrandStyle(snapshot.Branding);
        HpkePublicKey = HpkeKey.PublicOf(snapshot.Secrets.SharedSecret.Span);
    }

    public ConfigSnapshot Snapshot { get; }
    public SignInFlow Flow { get; }
    public SigningKeys Keys { get; }
    public SessionAssertion Assertions { get; }
    public HostProviders HostProviders { get; }
    public BrandStyle Brand { get; }
    public byte[] HpkePublicKey { get; }

    /// <summary>What every page says on top: by the program that embeds the proxy, never by a configuration.</summary>
    public string Notice { get; init; } = "";
}
