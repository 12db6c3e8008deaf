using System.Globalization;

namespace Pomerium.Fast.Server.Demo;

/// <summary>
/// Names under which the demo is reached. Browsers and curl resolve <c>*.localhost</c> to loopback by themselves
/// (RFC 6761 6.3), so nothing has to be set up.
/// </summary>
public sealed record DemoHosts(int Port)
{
    public const string AuthenticateName = "authenticate.localhost";
    public const string PublicName = "public.localhost";
    public const string SignedInName = "demo.localhost";
    public const string AdminName = "admin.localhost";
    public const string DenyName = "deny.localhost";

    /// <summary>Of the identity provider; it has a listener of its own.</summary>
    public const string ProviderName = "idp.localhost";

    public static IReadOnlyList<string> Routes { get; } = [PublicName, SignedInName, AdminName, DenyName];

    /// <summary>Names that the certificate carries: a wildcard directly below <c>localhost</c> is refused by clients.</summary>
    public static IReadOnlyList<string> Certified { get; } =
    [SignedInName, AuthenticateName, PublicName, AdminName, DenyName, "localhost"];

    public string Authenticate => Url(AuthenticateName);
    public string Public => Url(PublicName);
    public string SignedIn => Url(SignedInName);
    public string Admin => Url(AdminName);
    public string Deny => Url(DenyName);

    /// <summary>As in URLs and in the assertion's audience: without the port when it is the default one.</summary>
    public string Authority(string name) =>
        Port == 443 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}:{Port}");

    private string Url(string name) => "https://" + Authority(name);
}
