using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pomerium.Fast.Server.Demo.DevelopmentProvider;

namespace Pomerium.Fast.Server.Demo;

/// <summary>
/// The demo's configuration: ordinary YAML, as an operator would write it, with secrets made for this start. The proxy
/// reads it like any other; nothing in it is special to the demo.
/// </summary>
internal sealed class DemoConfig
{
    private const string Hidden = "(made for this start)";
    private readonly DemoHosts _hosts;
    private readonly Uri _issuer;
    private readonly Uri _app;
    private readonly ProviderSettings _provider;

    public DemoConfig(
        DemoHosts hosts,
        Uri issuer,
        Uri app,
        ProviderSettings provider,
        DemoCertificates certificates,
        string listenAddress
    )
    {
        _hosts = hosts;
        _issuer = issuer;
        _app = app;
        _provider = provider;
        Text = Write(listenAddress, new Secrets(certificates, provider));
        Shown = Write(listenAddress, secrets: null);
    }

    /// <summary>What the proxy reads.</summary>
    public string Text { get; }

    /// <summary>The same with keys and secrets left out, for the terminal.</summary>
    public string Shown { get; }

    private string Write(string listenAddress, Secrets? secrets)
    {
        string groups = Person.AdminGroup;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            address: {listenAddress}
            certificate: {secrets?.Certificate ?? Hidden}
            certificate_key: {secrets?.CertificateKey ?? Hidden}
            shared_secret: {secrets?.Shared ?? Hidden}
            cookie_secret: {secrets?.Cookie ?? Hidden}
            signing_key: {secrets?.Signing ?? Hidden}
            grpc_address: 127.0.0.1:0

            authenticate_service_url: {_hosts.Authenticate}
            idp_provider: oidc
            idp_provider_url: {_issuer.AbsoluteUri}
            idp_client_id: {_provider.ClientId}
            idp_client_secret: {secrets?.Client ?? Hidden}
            idp_scopes: [{string.Join(", ", ProviderSettings.Scopes)}]

            pass_identity_headers: true
            jwt_claims_headers: [email, name, groups, {ProviderClaims.Demo}]
            set_response_headers:
              X-Pomerium-Demo: "true"
              X-Frame-Options: SAMEORIGIN

            routes:
              - name: public
                from: {_hosts.Public}
                to: {App}
                allow_public_unauthenticated_access: true
              - name: signed-in
                from: {_hosts.SignedIn}
                to: {App}
                allow_any_authenticated_user: true
                allow_websockets: true
                timeout: 0s
              - name: admins
                from: {_hosts.Admin}
                to: {App}
                show_error_details: true
                policy:
                  - allow:
                      and:
                        - claim/groups: {groups}
              - name: deny
                from: {_hosts.Deny}
                to: {App}
                show_error_details: true
                policy:
                  - allow:
                      and:
                        - authenticated_user: true
                  - deny:
                      or:
                        - email:
                            is: {Person.Guest.Email}

            """
        );
    }

    private string App => _app.GetLeftPart(UriPartial.Authority);

    private sealed class Secrets
    {
        public Secrets(DemoCertificates certificates, ProviderSettings provider)
        {
            Certificate = Base64(certificates.ServerPem);
            CertificateKey = Base64(certificates.ServerKeyPem);
            Client = provider.ClientSecret;
            using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            Signing = Base64(key.ExportECPrivateKeyPem() + "\n");
        }

        public string Certificate { get; }
        public string CertificateKey { get; }
        public string Client { get; }
        public string Signing { get; }
        public string Shared { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        public string Cookie { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

        private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
    }
}
