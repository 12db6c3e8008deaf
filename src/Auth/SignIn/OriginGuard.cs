namespace Pomerium.Fast.Auth.SignIn;

/// <summary>Whether a request that changes something comes from a page of the same origin (identity 1.2, 3.5).</summary>
public static class OriginGuard
{
    /// <summary>For all methods that change something: same origin, or no page at all.</summary>
    public static bool Allows(FlowRequest request) =>
        request.Method is "GET" or "HEAD" or "OPTIONS"
        || (
            request.SecFetchSite.Length > 0
                ? request.SecFetchSite is "same-origin" or "none"
                : request.Origin.Length == 0 || IsOwn(request)
        );

    /// <summary>A form of our own page, by what the browser itself says.</summary>
    public static bool IsOwnForm(FlowRequest request) =>
        request.SecFetchSite.Length > 0
            ? string.Equals(request.SecFetchSite, "same-origin", StringComparison.Ordinal)
            : request.Origin.Length > 0 && IsOwn(request);

    /// <summary>A link of our own pages or of the application on this host, followed in the window itself.</summary>
    public static bool IsOwnLink(FlowRequest request) =>
        request is { SecFetchSite: "same-origin", SecFetchMode: "navigate", SecFetchDest: "document" };

    private static bool IsOwn(FlowRequest request) =>
        string.Equals(request.Origin, "https://" + request.Authority, StringComparison.OrdinalIgnoreCase);
}
