namespace Pomerium.Fast.Server.ControlPlane;

/// <summary>
/// Lets a single-page application follow a signed redirect to the sign-in host (identity 1.2): whoever has a URL that we
/// signed may ask with credentials from its own origin. Nothing else there answers other origins.
/// </summary>
internal static class SignedCors
{
    /// <summary>True when a preflight was answered.</summary>
    public static async ValueTask<bool> ApplyAsync(PageRequest request)
    {
        string origin = request.Http.Request.Headers.Origin.ToString();
        bool preflight = HttpMethods.IsOptions(request.Method);
        if (
            origin.Length == 0
            || !(request.IsGet || preflight)
            || !request.IsAuthenticateHost
            || !request.Path.StartsWith("/.pomerium/", StringComparison.Ordinal)
            || await request.FlowAsync() is not { } flow
            || request.State.Flow.Settings.Signed(flow, out _) is null
        )
        {
            return false;
        }
        IHeaderDictionary headers = request.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlAllowCredentials = "true";
        headers.Vary = "Origin";
        if (!preflight)
        {
            return false;
        }
        headers.AccessControlAllowMethods = "GET, HEAD";
        headers.AccessControlAllowHeaders = request.Http.Request.Headers.AccessControlRequestHeaders;
        request.Response.StatusCode = 204;
        return true;
    }
}
