namespace Pomerium.Fast.Server.Demo.DevelopmentProvider;

/// <summary>Whether a form came from our own page: another site must not choose a person or end a session.</summary>
internal static class SameOrigin
{
    public static bool Holds(HttpRequest request)
    {
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
        {
            return site is "same-origin";
        }
        string origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }
}
