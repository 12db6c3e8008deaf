using Pomerium.Fast.Auth.Credentials;
using Pomerium.Fast.Auth.Providers;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Routing;
using Pomerium.Fast.State.Broker;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary>Everything that the steps of the flow share, from one configuration. Immutable; replaced by a reload.</summary>
public sealed class SignInSettings
{
    private readonly AuthenticateHosts _hosts;

    public SignInSettings(ConfigSnapshot snapshot, ProviderSet providers, IIdentityStore store, TimeProvider clock)
    {
        Snapshot = snapshot;
        Providers = providers;
        Store = store;
        Clock = clock;
        Codec = new HandleCodec(snapshot.Secrets.SharedSecret);
        SessionCookie = new SessionCookie(snapshot.Identity.Cookie, clock);
        Targets = new TrustedTargets(snapshot);
        if (snapshot.Identity.AuthenticateUrl is { } url)
        {
            AuthenticateOrigin = SignIn.Origin.Of(url);
            AuthenticateAuthority = SignIn.Origin.Authority(url);
        }
        _hosts = new AuthenticateHosts(snapshot);
    }

    public ConfigSnapshot Snapshot { get; }
    public ProviderSet Providers { get; }
    public IIdentityStore Store { get; }
    public TimeProvider Clock { get; }
    public HandleCodec Codec { get; }
    public SessionCookie SessionCookie { get; }
    public TrustedTargets Targets { get; }

    /// <summary>Scheme and host of the sign-in endpoints; empty when no sign-in is configured.</summary>
    public string AuthenticateOrigin { get; } = "";
    public string AuthenticateAuthority { get; } = "";

    public CookieOptions Cookie => Snapshot.Identity.Cookie;
    public ReadOnlySpan<byte> SharedSecret => Snapshot.Secrets.SharedSecret.Span;
    public ReadOnlySpan<byte> CookieSecret => Snapshot.Secrets.CookieSecret.Span;
    public DateTimeOffset Now => Clock.GetUtcNow();

    public bool IsAuthenticateHost(string authority) => AuthenticateAuthority.Length > 0 && _hosts.Include(authority);

    /// <summary>Scheme and host under which the request's URL was signed: the external ones (identity 0.1).</summary>
    public string SignedOrigin(FlowRequest request) =>
        IsAuthenticateHost(request.Authority) ? AuthenticateOrigin : "https://" + request.Authority;

    /// <summary>Parameters of a request whose URL is signed; null with the answer when it is not.</summary>
    public QueryParameters? Signed(FlowRequest request, out ErrorAnswer? refusal)
    {
        refusal = null;
        if (!QueryParameters.TryParse(request.Query, out QueryParameters? parameters))
        {
            refusal = new ErrorAnswer(400, UrlSignature.Text(UrlSignatureFault.Malformed));
            return null;
        }
        UrlSignatureFault fault = UrlSignature.Verify(
            SharedSecret,
            SignedOrigin(request) + request.Path,
            parameters,
            Now
        );
        if (fault == UrlSignatureFault.None)
        {
            return parameters;
        }
        refusal = new ErrorAnswer(400, UrlSignature.Text(fault));
        return null;
    }

    public string Sign(string url, QueryParameters parameters) => UrlSignature.Sign(SharedSecret, url, parameters, Now);
}
