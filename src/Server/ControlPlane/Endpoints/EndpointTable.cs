using System.Collections.Frozen;

namespace Pomerium.Fast.Server.ControlPlane.Endpoints;

[Flags]
internal enum Methods
{
    None = 0,
    Get = 1,
    Post = 2,
    Options = 4,

    /// <summary>The endpoint answers to every method itself.</summary>
    Any = 8,
}

/// <param name="OnlyAuthenticateHost">Does not exist on hosts of routes.</param>
/// <param name="Guarded">Requests that change something must come from the same origin (identity 1.2).</param>
internal sealed record PageEndpoint(
    Methods Methods,
    Func<PageRequest, Task> Handle,
    bool OnlyAuthenticateHost = false,
    bool Guarded = true
);

/// <summary>Every path of the control plane (identity 1.1, 1.2): one line each.</summary>
internal sealed class EndpointTable
{
    private readonly FrozenDictionary<string, PageEndpoint> _endpoints;

    public EndpointTable(SignInEndpoints signIn, SessionEndpoints session)
    {
        const Methods form = Methods.Get | Methods.Post;
        const Methods open = Methods.Get | Methods.Options;
        Dictionary<string, PageEndpoint> all = new(StringComparer.Ordinal)
        {
            ["/.pomerium/"] = new(Methods.Get, signIn.UserInfoAsync),
            ["/.pomerium/sign_in"] = new(form, signIn.SignInAsync, OnlyAuthenticateHost: true),
            ["/.pomerium/sign_out"] = new(form, signIn.SignOutAsync, Guarded: false),
            ["/.pomerium/signed_out"] = new(Methods.Get, signIn.SignedOutAsync, OnlyAuthenticateHost: true),
            ["/.pomerium/callback/"] = new(Methods.Get, signIn.RouteCallbackAsync),
            ["/.pomerium/api/v1/login"] = new(Methods.Any, signIn.LoginAsync),
            ["/.pomerium/user"] = new(Methods.Get, session.UserAsync),
            ["/.pomerium/jwt"] = new(Methods.Get, session.JwtAsync),
            ["/.pomerium/device-enrolled"] = new(Methods.Get, signIn.UserInfoAsync),
            ["/.well-known/pomerium"] = new(open, WellKnown.DocumentAsync),
            ["/.well-known/pomerium/"] = new(open, WellKnown.DocumentAsync),
            ["/.well-known/pomerium/jwks.json"] = new(open, WellKnown.JwksAsync),
            ["/.well-known/pomerium/hpke-public-key"] = new(open, WellKnown.HpkeAsync),
        };
        all[BrandStyle.Path] = new(Methods.Get, BrandStyle.WriteAsync);
        foreach (string path in StaticFiles.Paths)
        {
            all[path] = new(Methods.Get, StaticFiles.WriteAsync);
        }
        _endpoints = all.ToFrozenDictionary(StringComparer.Ordinal);
        ProviderCallback = new(form, signIn.ProviderCallbackAsync, OnlyAuthenticateHost: true, Guarded: false);
    }

    /// <summary>Its path is configurable; its guard is the state.</summary>
    public PageEndpoint ProviderCallback { get; }

    public PageEndpoint? Find(string path) => _endpoints.GetValueOrDefault(path);
}
