namespace Pomerium.Fast.Auth.SignIn;

/// <summary>Scheme and authority of a URL, as they stand in front of the paths that are signed.</summary>
public static class Origin
{
    public static string Of(Uri url) => url.Scheme + "://" + Authority(url);

    /// <summary>Host in lower case, brackets around IPv6, the port when it is not the scheme's own (identity 6.2).</summary>
    public static string Authority(Uri url) => url.IsDefaultPort ? HostOf(url) : $"{HostOf(url)}:{url.Port}";

    private static string HostOf(Uri url) =>
        url.HostNameType == UriHostNameType.IPv6 ? $"[{url.DnsSafeHost}]" : url.IdnHost.ToLowerInvariant();
}
