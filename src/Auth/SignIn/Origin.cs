using Pomerium.Fast.Http.Routing;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary>Scheme and authority of a URL, as they stand in front of the paths that are signed.</summary>
public static class Origin
{
    public static string Of(Uri url) => url.Scheme + "://" + Authority(url);

    public static string Authority(Uri url) => AuthorityRules.Of(url);
}
